import { createHash } from 'node:crypto';
import type { Reference } from './model.ts';

/** Ids and serials of replicas: always the same for the same original on the same target, and never the original's. */

export function derivedId(target: Reference, originalId: string): string {
  const hex = digest('id', target, originalId);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(12, 15)}`];
  return [...parts, `a${hex.slice(15, 18)}`, hex.slice(18, 30)].join('-');
}

export const derivedSerial = (target: Reference, originalId: string): string =>
  digest('serial', target, originalId).slice(0, 24).toUpperCase();

const digest = (kind: string, target: Reference, originalId: string): string =>
  createHash('sha256').update(`${kind} ${target.id} ${originalId}`).digest('hex');
