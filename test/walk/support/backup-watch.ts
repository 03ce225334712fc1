import { BEGIN_BACKUP, END_BACKUP } from '../../../lambda/oracle/statements.ts';
import type { IncomingRequest } from '../../../local/array/simulator.ts';
import type { StatementEntry } from '../../../local/database/simulator.ts';
import { countUnderWay } from './requests-under-way.ts';
import type { WalkDatabase } from './walk-database.ts';

const SOURCE_GROUP = 'prd-pg';

/** Sees to the order of things between array and database while they happen. */
export class BackupWatch {
  readonly breaches: string[] = [];
  /** Whether BEGIN BACKUP was sent. */
  hasBegun = false;
  readonly #database: WalkDatabase;

  constructor(database: WalkDatabase) {
    this.#database = database;
  }

  onRequest({ method, path, query }: IncomingRequest): void {
    const isSnapshot =
      method === 'POST' &&
      path.endsWith('/protection-group-snapshots') &&
      query['source_names'] === SOURCE_GROUP;
    if (isSnapshot && !this.#database.isInBackupMode) {
      this.breaches.push('The snapshot was asked for, and the database was not in backup mode.');
    }
  }

  onStatement({ statement }: StatementEntry): void {
    if (statement === BEGIN_BACKUP) this.hasBegun = true;
    if (statement === END_BACKUP && countUnderWay() > 0) {
      this.breaches.push('END BACKUP was sent while a request to an array was under way.');
    }
  }
}
