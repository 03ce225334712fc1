import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import { type Deployment, deployLocally } from '../deployment.ts';
import type { StackResources } from '../template.ts';
import type { Ground, Pair } from './ground.ts';

const REFRESH = 'bench';

const definitionOf = ({ source, target }: Pair): string =>
  JSON.stringify({
    source_protection_group: source,
    target_protection_group: target,
    snapshot_name: '{run}',
    execute: true,
  });

/** The whole stack on this machine, kept warm from run to run. */
export class Refreshes {
  readonly #deployment: Deployment;
  readonly #moments: Moments;
  #runs = 0;
  /** Which the definition in the bucket is about. */
  #defined: Pair | undefined;

  private constructor(deployment: Deployment, moments: Moments) {
    this.#deployment = deployment;
    this.#moments = moments;
  }

  static async deploy(stack: StackResources, { array }: Ground): Promise<Refreshes> {
    const moments = new Moments();
    const deployment = await deployLocally({
      stack,
      secret: {
        src_flash_array_host: array.host,
        src_flash_array_api_token: array.api_token,
        src_flash_array_ca: array.ca,
      },
      retryScale: 0,
      onEvent: ({ type }) => {
        if (type === 'StateEntered') moments.begun ??= performance.now();
      },
    });
    moments.watch(deployment.bucket.url);
    return new Refreshes(deployment, moments);
  }

  /** One refresh to its end. @returns milliseconds from the entering of the first state to the write of the manifest */
  readonly run = async (pair: Pair): Promise<number> => {
    await this.#define(pair);
    this.#moments.clear();
    this.#runs += 1;
    const execution = this.#deployment.startExecution(`run-${this.#runs}`, { refresh: REFRESH });
    const result = await execution.result;
    if (result.status === 'FAILED') throw new Error(`${result.error}: ${result.cause}`);
    return this.#moments.ms;
  };

  /** What earlier runs of a pair have left in the bucket stays, as it does from night to night. */
  async #define(pair: Pair): Promise<void> {
    if (this.#defined === pair) return;
    const { bucket } = this.#deployment;
    await bucket.empty();
    await bucket.write(`refreshes/${REFRESH}.json`, definitionOf(pair), 'application/json');
    this.#defined = pair;
  }

  async stop(): Promise<void> {
    this.#moments.stop();
    await this.#deployment.stop();
  }
}

/** Between which a run counts, in milliseconds of `performance.now()`. */
class Moments {
  begun: number | undefined;
  /** When the last object of the manifest was written; what comes after, such as the logout, is no part of the refresh. */
  #recorded: number | undefined;
  #port = '';

  get ms(): number {
    if (this.begun !== undefined && this.#recorded !== undefined)
      return this.#recorded - this.begun;
    throw new Error('The run has written no manifest.');
  }

  /** @param address of S3 */
  watch(address: string): void {
    this.#port = new URL(address).port;
    subscribe('http.server.response.finish', this.#look);
  }

  clear(): void {
    this.begun = undefined;
    this.#recorded = undefined;
  }

  stop(): void {
    unsubscribe('http.server.response.finish', this.#look);
  }

  readonly #look = (message: unknown): void => {
    const { request } = Object(message);
    if (!(request instanceof IncomingMessage)) return;
    if (String(request.socket.localPort) !== this.#port) return;
    const { method, url = '' } = request;
    if (method === 'PUT' && url.includes('/manifests/')) this.#recorded = performance.now();
  };
}
