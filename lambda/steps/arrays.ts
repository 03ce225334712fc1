import type { RefreshRequest } from '../refresh/request.ts';
import type { FlashArray, Ports } from './ports.ts';

/** The arrays of a refresh: one and the same unless it replicates. */
export interface Arrays {
  readonly source: FlashArray;
  readonly target: FlashArray;
}

export const openArrays = async (
  ports: Ports,
  {
    flash_array_api_version: pin,
    replicate,
  }: Pick<RefreshRequest, 'flash_array_api_version' | 'replicate'>,
): Promise<Arrays> => {
  const source = await ports.sourceArray(pin);
  return { source, target: replicate ? await ports.targetArray(pin) : source };
};

/** Ends the sessions. */
export const logOut = async ({ source, target }: Arrays): Promise<void> => {
  await source.logOut();
  if (target !== source) await target.logOut();
};
