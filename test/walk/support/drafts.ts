import type { Trouble } from './trouble.ts';
import type { World } from './worlds.ts';

/** A world without what is given to each by its number. */
export type Draft = Pick<World, 'name' | 'trouble'> &
  Partial<Pick<World, 'afterDeath' | 'follower' | 'isPatient'>>;

type Point = Extract<Trouble, { kind: 'kill' }>['after'];

/** The deaths of an environment when this was carried out. */
export const killsAfter = (what: string, after: Point): Draft[] => {
  const trouble: Trouble = { kind: 'kill', after };
  return [
    { name: `${what} / killed after, and tried again`, trouble },
    {
      name: `${what} / killed after, aborted and recovered`,
      trouble,
      afterDeath: 'abort',
      follower: 'recovery',
    },
    {
      name: `${what} / killed after, aborted and refreshed anew`,
      trouble,
      afterDeath: 'abort',
      follower: 'refresh',
    },
  ];
};
