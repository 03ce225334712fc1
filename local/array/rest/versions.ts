/**
 * REST versions. All are 2.N, so N alone stands for a version, as a number: 9 comes before 10.
 */

/** No array offers these (flasharray-rest.md, evidence tags: there is no 2.12 and no 2.18). */
const HOLES = new Set([12, 18]);
const OLDEST = 2;
const NEWEST = 56;

/** What an array lists besides 2.x (flasharray-rest.md §1.1). Nothing here answers to them. */
const REST_1 = Array.from({ length: 20 }, (_, minor) => `1.${minor}`);

export const NEWEST_VERSION = `2.${NEWEST}`;

/** The N of `2.N`. Throws a `RangeError` for a version that does not exist or is not simulated. */
export function parseVersion(text: string): number {
  const minor = /^2\.(\d{1,2})$/.exec(text)?.[1];
  const version = minor === undefined ? Number.NaN : Number(minor);
  if (!(version >= OLDEST && version <= NEWEST) || HOLES.has(version)) {
    throw new RangeError(
      `there is no REST version ${text} here: 2.${OLDEST} to 2.${NEWEST}, without 2.12 and 2.18`,
    );
  }
  return version;
}

/** Whether an array whose newest version is 2.`newest` offers 2.`version`. */
export const offers = (newest: number, version: number): boolean =>
  version >= OLDEST && version <= newest && !HOLES.has(version);

/** The reply to `GET /api/api_version`: oldest first. */
export function listVersions(newest: number): string[] {
  const minors = Array.from({ length: newest + 1 }, (_, minor) => minor);
  return [
    ...REST_1,
    ...minors.filter((minor) => offers(newest, minor)).map((minor) => `2.${minor}`),
  ];
}
