import { RefreshError } from '../refresh/errors.ts';
import { errorBody } from './schemas.ts';

/** An answer of the array that is not a success. */
export interface RefusedCall {
  readonly host: string;
  /** Such as `POST /volumes`. */
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** Messages that mean that a named object is not there; the array answers 400, not 404. */
const NOT_FOUND = /does not exist|no such|could not be found/i;

/** The one map from status and message to our errors. */
export const refusal = ({ host, call, status, text }: RefusedCall): RefreshError => {
  const messages = messagesOf(text);
  const said = messages.slice(0, 5).join(' ').slice(0, 1_000);
  const answer = `Array ${host} answered ${call} with ${status}${said ? `: ${said}` : ''}`;
  // Some arrays answer a token that they do not know with 403.
  if (status === 401 || (status === 403 && call === 'POST /login')) {
    return new RefreshError(
      'ArrayLoginRefused',
      `Array ${host} does not accept the API token (${call} answered ${status}).`,
      'Check that the token in the secret belongs to this array and has not been renewed or revoked.',
    );
  }
  if (status === 403) {
    return new RefreshError(
      'ArrayPermissionDenied',
      answer,
      'Give the user of the API token the role storage_admin on the array.',
    );
  }
  if (status === 429) {
    return new RefreshError('ArrayThrottled', answer, 'Run again when the array is less busy.');
  }
  if (status >= 500) {
    return new RefreshError(
      'ArrayUnavailable',
      answer,
      'Check the health of the array, then run again.',
    );
  }
  if (status === 400 && messages.some((message) => NOT_FOUND.test(message))) {
    return new RefreshError(
      'ArrayObjectNotFound',
      answer,
      'Check the names, and on which array they are.',
    );
  }
  return new RefreshError(
    'ArrayRequestRefused',
    answer,
    'Act on what the array says, then run again.',
  );
};

/** Each thing that the array says in an error document, with the object's name; other texts are not repeated. */
const messagesOf = (text: string): string[] => {
  const parsed = errorBody.safeParse(safeJson(text));
  if (!parsed.success) return [];
  const entries = (parsed.data.errors ?? []).map(({ context, message }) =>
    [context, message].filter(Boolean).join(': '),
  );
  return (entries.length > 0 ? entries : [parsed.data.message ?? '']).filter(Boolean);
};

const safeJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Node and undici call the ways in which a certificate is not accepted. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET|VERIFY)|^ERR_TLS|^EPROTO$/;

const OWN_AUTHORITY =
  'Put the certificate authority of the array into src_flash_array_ca (of the second array, tgt_flash_array_ca).';
const UNKNOWN_AUTHORITY = ['an authority vouches for it that is not known here', OWN_AUTHORITY];
const SELF_SIGNED = ['it vouches for itself, and is not the one in the secret', OWN_AUTHORITY];
const VALIDITY =
  'Have the array make or be given a new certificate; nothing here accepts this one.';

/** What is wrong with a certificate, and what to do, by Node's codes. */
const CERTIFICATE_FAULTS: Readonly<Record<string, readonly string[]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED: ['it has expired', VALIDITY],
  CERT_NOT_YET_VALID: ['it is not valid yet', VALIDITY],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'it is for a host of another name',
    'Name the host in the secret as its certificate does, or give the array a certificate for this name.',
  ],
};

/** A failure of the way to the array, from undici or Node. The machine retries `ArrayUnavailable`. */
export const unreachable = (host: string, call: string, error: unknown): RefreshError => {
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) {
    const [fault, remedy = OWN_AUTHORITY] = CERTIFICATE_FAULTS[code] ?? [];
    return new RefreshError(
      'ArrayCertificateRefused',
      `The certificate of array ${host} is not accepted${fault ? `: ${fault}` : ''} (${code}).`,
      remedy,
      { cause: error },
    );
  }
  return new RefreshError(
    'ArrayUnavailable',
    `Array ${host} gave no answer to ${call} (${code}).`,
    'Check the address, the network path and the health of the array.',
    { cause: error },
  );
};

const codeOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown failure';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause instanceof Error ? codeOf(error.cause) : error.name;
};
