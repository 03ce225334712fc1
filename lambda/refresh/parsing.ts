import type * as z from 'zod';
import { type ErrorName, RefreshError } from './errors.ts';

/** How a mistake in some input is told: the error's name, what the input is, and what its reader can do. */
export interface InputKind {
  readonly error: ErrorName;
  /** Such as `definition "nightly"`; begins the message. */
  readonly what: string;
  readonly remedy: string;
}

const MOST_PROBLEMS = 10;

/**
 * `value` as `schema` has it.
 * @throws the kind's error naming every wrong field, what was found there and what is expected. A value is shown only
 *   under a key that cannot hold a secret.
 */
export const parseInput = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  kind: InputKind,
): z.output<T> => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const problems = issues.slice(0, MOST_PROBLEMS).map((issue) => describeIssue(issue, value));
  if (issues.length > MOST_PROBLEMS) problems.push(`and ${issues.length - MOST_PROBLEMS} more`);
  throw new RefreshError(
    kind.error,
    `The ${kind.what} is not valid: ${problems.join('; ')}.`,
    kind.remedy,
  );
};

/**
 * `text` as JSON.
 * @throws the kind's error, without the text: it may hold a secret
 */
export const parseJson = (text: string, kind: InputKind): unknown => {
  try {
    // Editors on Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new RefreshError(
      kind.error,
      `The ${kind.what} is not JSON${lineOfMistake(text)}.`,
      kind.remedy,
    );
  }
};

/** Without what begins with `_`: those keys are comments. */
export const withoutComments = (value: unknown): unknown =>
  isRecord(value)
    ? Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('_')))
    : value;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Keys whose value is never shown. */
const SECRET_KEY = /token|password|pwd|secret|credential|_ca$|^ora_src_/i;

const describeIssue = (issue: z.core.$ZodIssue, input: unknown): string => {
  if (issue.code === 'unrecognized_keys') {
    const at = issue.path.length > 0 ? ` in ${formatPath(issue.path)}` : '';
    const shown = issue.keys.slice(0, MOST_PROBLEMS);
    const more = issue.keys.length - shown.length;
    return [
      ...shown.map((key) => `unknown key "${shorten(key)}"${at}`),
      ...(more > 0 ? [`${more} more of them`] : []),
    ].join('; ');
  }
  const field = formatPath(issue.path) || 'the document';
  const found = issue.path.reduce<unknown>(
    (value, key) => (isRecord(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined),
    input,
  );
  return `${field}: ${expectation(issue)}, found ${show(found, issue.path)}`;
};

const expectation = (issue: z.core.$ZodIssue): string => {
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}`;
  if (issue.code === 'too_small' && issue.origin === 'string') return 'expected some text';
  return issue.message;
};

const article = (type: string): string =>
  type === 'string' ? 'text' : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;

const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((key, index) =>
      typeof key === 'number' ? `[${key}]` : `${index > 0 ? '.' : ''}${String(key)}`,
    )
    .join('');

const show = (value: unknown, path: readonly PropertyKey[]): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'an object';
  // What stands where a whole document should may be the bare secret itself.
  const isSecret = path.length === 0 || path.some((key) => SECRET_KEY.test(String(key)));
  if (isSecret) return `${article(typeof value)} (not shown)`;
  return shorten(JSON.stringify(value) ?? typeof value);
};

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}…` : text);

/** ` (line 3)`, where the parser stopped; its own message would quote the text. */
const lineOfMistake = (text: string): string => {
  try {
    JSON.parse(text);
    return '';
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    if (at === undefined) return '';
    return ` (line ${text.slice(0, Number(at)).split('\n').length})`;
  }
};
