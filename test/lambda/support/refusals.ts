import { RefreshError, splitMessage } from '../../../lambda/refresh/errors.ts';

/** An error of the product as its reader sees it. */
export interface Refusal {
  readonly name: string;
  readonly message: string;
  readonly remedy: string | null;
}

const notRefused = (result: unknown) =>
  new Error(`Not refused, but: ${JSON.stringify(result)?.slice(0, 500)}`);

/** Throws on what is not the product's own error. */
export const asRefusal = (error: unknown): Refusal => {
  if (!(error instanceof RefreshError)) throw error;
  return { name: error.name, ...splitMessage(error.message) };
};

/** What `act` refuses; throws when it does not, or when it fails with an error that is not the product's. */
export const refusalOf = (act: () => unknown): Refusal => {
  let result: unknown;
  try {
    result = act();
  } catch (error) {
    return asRefusal(error);
  }
  throw notRefused(result);
};

/** As `refusalOf`, for what is under way. */
export const rejectionOf = async (underWay: Promise<unknown>): Promise<Refusal> => {
  const [outcome] = await Promise.allSettled([underWay]);
  if (outcome.status === 'rejected') return asRefusal(outcome.reason);
  throw notRefused(outcome.value);
};
