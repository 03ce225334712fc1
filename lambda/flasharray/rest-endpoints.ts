import type * as z from 'zod';
import { isError, listNames, RefreshError } from '../refresh/errors.ts';
import { chunkNames, type Query, quote } from './query.ts';
import * as schemas from './schemas.ts';
import type { Call, Session } from './session.ts';

/** What all endpoints have in common: a session, and how lists and trials are asked for. */
export class RestEndpoints {
  protected readonly session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  get host(): string {
    return this.session.host;
  }

  get requestCount(): number {
    return this.session.requestCount;
  }

  get certificate(): { validTo: Date } | null {
    return this.session.certificate;
  }

  async greet(): Promise<string> {
    return `2.${await this.session.greet()}`;
  }

  /** One listing for as many names as a URL takes, the listings in parallel. */
  protected async listByNames<T extends z.ZodType>(
    path: string,
    parameter: string,
    names: readonly string[],
    schema: T,
    query: Query = {},
  ): Promise<z.output<T>[]> {
    const lists = await Promise.all(
      chunkNames(names).map((chunk) =>
        this.session.list(path, { ...query, [parameter]: chunk }, schema),
      ),
    );
    return lists.flat();
  }

  /** One listing for as many values of a field as a URL takes: unlike names, those that are not there are no mistake. */
  protected async listByField<T extends z.ZodType>(
    path: string,
    field: string,
    values: readonly string[],
    schema: T,
    query: Query = {},
  ): Promise<z.output<T>[]> {
    const lists = await Promise.all(
      chunkNames(values.map(quote)).map((chunk) =>
        this.session.list(path, { ...query, filter: `${field}=(${chunk.join(',')})` }, schema),
      ),
    );
    return lists.flat();
  }

  /** @throws ArrayRequestRefused with what the array says of each object that would fail */
  protected async test(call: Call): Promise<void> {
    const results = await this.session.items(call, schemas.testItem);
    const failed = results.filter((result) => !result.success);
    if (failed.length === 0) return;
    const names = failed.map((result) => result.resource?.name ?? 'unnamed');
    const details = new Set(failed.map((result) => result.result_details ?? 'no reason given'));
    const said = [...details].slice(0, 5).join(' ').slice(0, 1_000);
    throw new RefreshError(
      'ArrayRequestRefused',
      `Array ${this.session.host} tried ${call.path} and would refuse it for ${listNames(names)}: ${said}`,
      'Act on what the array says, then run again. Nothing was changed by the trial.',
    );
  }
}

/** The array refuses a request that names what is not there. */
export const unlessMissing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (isError(error, 'ArrayObjectNotFound')) return undefined;
    throw error;
  }
};
