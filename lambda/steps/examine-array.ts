import { pass } from '../refresh/doctor.ts';
import { type ErrorName, isError } from '../refresh/errors.ts';
import { judgeCertificate, judgeSpace, judgeVersion } from '../refresh/judge-array.ts';
import type { ArrayIdentity } from '../refresh/run.ts';
import type { MakeCheck } from './examination.ts';
import type { ArraySpace, Clock, FlashArray } from './ports.ts';

/** An array that was logged in to. */
export interface KnownArray {
  readonly array: FlashArray;
  readonly identity: ArrayIdentity;
}

/** What is known of an array as far as it could be reached. */
export interface ExaminedArray {
  readonly known: Promise<KnownArray>;
  readonly space: Promise<ArraySpace>;
}

/**
 * Checks the way to an array and the array itself, each thing by the request that would show it first: the list of versions
 * needs a connection and a certificate, a login a version.
 * @param side `source` or `target`
 * @param pin the REST version that the definition asks for
 */
export const examineArray = (
  check: MakeCheck,
  side: string,
  open: () => Promise<FlashArray>,
  pin: string | null,
  clock: Clock,
): ExaminedArray => {
  const credentials = check(`${side} credentials`, async () => {
    const array = await open();
    return { seen: array, judgement: pass(`Address and token of array ${array.host} are given.`) };
  });
  const greeting = credentials.then((array) => array.greet());
  // Without credentials nobody awaits it.
  greeting.catch(() => {});
  const connection = check(`${side} connection`, async () => {
    const array = await credentials;
    await butFor(greeting, 'ArrayCertificateRefused', 'ArrayVersionUnsupported');
    return { seen: array, judgement: pass(`Array ${array.host} answers.`) };
  });
  const certificate = check(`${side} certificate`, async () => {
    const array = await connection;
    await butFor(greeting, 'ArrayVersionUnsupported');
    const judgement = judgeCertificate(array.certificate?.validTo ?? null, clock.now());
    return { seen: array, judgement };
  });
  const version = check(`${side} version`, async () => {
    const array = await certificate;
    const judgement = judgeVersion(await greeting, await array.capabilities(), pin !== null);
    return { seen: array, judgement };
  });
  const known = check(`${side} token`, async () => {
    const array = await version;
    const identity = await array.identify();
    return {
      seen: { array, identity },
      judgement: pass(`Array "${identity.name}" accepts the token.`),
    };
  });
  const space = check(`${side} space`, async () => {
    const { array } = await known;
    const seen = await array.space();
    return { seen, judgement: judgeSpace(seen) };
  });
  return { known, space };
};

/** The answer, or undefined where it was refused with one of these errors, which another check tells. */
const butFor = async <T>(
  answer: Promise<T>,
  ...names: readonly ErrorName[]
): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isError(error, ...names)) return undefined;
    throw error;
  }
};
