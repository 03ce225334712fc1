import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage } from 'node:http';
import { callerOf } from '../../local/aws/control-plane.ts';

/** A request to S3. */
export interface BucketRequest {
  /** Access key of who sent it. */
  readonly caller: string;
  readonly method: string;
  readonly url: URL;
}

/** What is written into a bucket, as it goes over the wire: also what a later object takes the place of. */
export class BucketTraffic {
  /** By key. */
  readonly written: { place: string; text: string }[] = [];
  readonly #port: string;
  readonly #onRequest: (request: BucketRequest) => void;

  /** @param address of S3 @param onRequest called for each request */
  constructor(address: string, onRequest: (request: BucketRequest) => void) {
    this.#port = new URL(address).port;
    this.#onRequest = onRequest;
    subscribe('http.server.request.start', this.#look);
  }

  stop(): void {
    unsubscribe('http.server.request.start', this.#look);
  }

  readonly #look = (message: unknown): void => {
    const { request } = Object(message);
    if (!(request instanceof IncomingMessage)) return;
    if (String(request.socket.localPort) !== this.#port) return;
    const { method = '', url: target = '' } = request;
    const caller = callerOf(request.headers) ?? '';
    const url = new URL(target, 'http://127.0.0.1');
    this.#onRequest({ caller, method, url });
    const key = keyOf(url);
    // A definition is as its author put it there.
    if (method === 'PUT' && !key.startsWith('refreshes/')) this.#keep(request, key);
  };

  #keep(request: IncomingMessage, place: string): void {
    const object = { place, text: '' };
    this.written.push(object);
    // A listener would take the chunks from whoever is to have them.
    const push = request.push.bind(request);
    request.push = (chunk, encoding) => {
      if (chunk !== null) object.text += String(chunk);
      return push(chunk, encoding);
    };
  }
}

/** The key in `/bucket/key`. */
export const keyOf = ({ pathname }: URL): string =>
  pathname.split('/').slice(2).map(decodeURIComponent).join('/');
