import { type ErrorName, RefreshError } from '../refresh/errors.ts';

/** An error of the database or the way to it, with the code under which Oracle or its driver knows it. */
export class DatabaseError extends RefreshError {
  /** Such as `ORA-01146` or `NJS-503`; `overdue` where our own deadline passed. */
  readonly code: string;

  /** Without a cause: the driver's own errors quote the connect string. */
  constructor(name: ErrorName, code: string, problem: string, remedy: string) {
    super(name, problem, remedy);
    this.code = code;
  }
}

/** Whether `error` is the database's, with one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly string[]): error is DatabaseError =>
  error instanceof DatabaseError && codes.includes(error.code);
