import * as z from 'zod';
import type { Outcome } from './world.ts';

/**
 * What goes between the simulator and a driver that stands in for `oracledb`, in one process or over a socket: JSON, one
 * document a line. A connection is a session, and a lost one a session that was lost.
 */
export const callSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    id: z.int(),
    kind: z.literal('connect'),
    user: z.string(),
    password: z.string(),
    connectString: z.string(),
    role: z.enum(['SYSBACKUP', 'SYSDBA', 'none']),
  }),
  z.strictObject({
    id: z.int(),
    kind: z.literal('statement'),
    sql: z.string(),
    /** The driver's call timeout in milliseconds; 0 for none. */
    callTimeout: z.int().min(0),
  }),
]);
export type Call = z.output<typeof callSchema>;

export const answerSchema = z.strictObject({
  id: z.int(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).optional(),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});
export type Answer = z.output<typeof answerSchema>;

/** An outcome that is answered, as it goes back. */
export const toAnswer = ({ id }: Call, outcome: Exclude<Outcome, string>): Answer => {
  if ('rows' in outcome) return { id, rows: [...outcome.rows] };
  const { code, message } = outcome.error;
  return { id, error: { code, message } };
};
