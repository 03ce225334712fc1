import type { RefreshRequest } from '../refresh/request.ts';
import type { Run } from '../refresh/run.ts';
import type { MakeCheck } from './examination.ts';
import type { ExaminedArray } from './examine-array.ts';
import type { Ports } from './ports.ts';

/** The refresh that is examined. */
export interface Subject {
  readonly check: MakeCheck;
  readonly run: Run;
  readonly request: RefreshRequest;
  readonly ports: Ports;
  readonly source: ExaminedArray;
  /** The source array, without a second one. */
  readonly target: ExaminedArray;
}
