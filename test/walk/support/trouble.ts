import type { Fault } from '../../../local/array/simulator.ts';
import type { DatabaseFault } from '../../../local/database/simulator.ts';
import type { HostFault } from './walk-hosts.ts';

/** A request to an array by how often one like it was sent before, from 1, since the step began. */
export interface RequestPoint {
  readonly array: string;
  readonly method: string;
  /** Below `/api/2.N`. */
  readonly path: string;
  readonly nth: number;
}

/** A statement to the database, or a login, counted in the same way. */
export interface StatementPoint {
  readonly statement: string;
  readonly nth: number;
}

export type StoreOperation = 'read' | 'write' | 'list';

/** An operation on the bucket, counted in the same way. */
export interface StorePoint {
  readonly operation: StoreOperation;
  readonly nth: number;
}

/** The bucket answers with an error. */
export interface StoreTrouble extends StorePoint {
  /** Whether the operation has been done nevertheless. */
  readonly moment: 'before' | 'after';
  /** All later operations of the kind too. */
  readonly forGood: boolean;
}

/** What befalls a step. */
export type Trouble =
  | { readonly kind: 'array'; readonly fault: Fault }
  | { readonly kind: 'store'; readonly trouble: StoreTrouble }
  | { readonly kind: 'database'; readonly fault: DatabaseFault }
  | { readonly kind: 'hook'; readonly fault: HostFault }
  /** So many attempts at the step end without an answer, before they have done anything or when they have done all. */
  | { readonly kind: 'cut off'; readonly times: number; readonly moment: 'before' | 'after' }
  /** The environment dies when this was carried out; of a statement also: when that is still to come. */
  | {
      readonly kind: 'kill';
      readonly after: RequestPoint | StorePoint | StatementPoint;
      readonly late?: DatabaseFault;
    };
