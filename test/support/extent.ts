/**
 * Whether all of many like cases are tried, as `npm run test:all` does. `npm test` takes some of them, so that it is
 * short enough to be run before every commit; a test that it leaves out wholly proves what another one proves as well.
 */
export const allCases = process.env['CASES'] === 'all';

/** So many of the cases, the first and the last with them and the others evenly between: the same ones each time. */
export const some = <const Case>(cases: readonly Case[], count: number): readonly Case[] => {
  if (allCases || count >= cases.length) return cases;
  const stride = (cases.length - 1) / Math.max(1, count - 1);
  const chosen = Array.from({ length: count }, (_, nth) => Math.round(nth * stride));
  return cases.filter((_, index) => chosen.includes(index));
};

/** How many inputs a property is tried with. They are others each time, so the days make up for what one run leaves out. */
export const runs = (count: number): number => (allCases ? count : Math.ceil(count / 4));
