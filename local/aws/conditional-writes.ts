import { finished } from 'node:stream/promises';
import type { buildApp } from 'fauxqs';

type Server = ReturnType<typeof buildApp>;

/**
 * Has a server refuse what S3 refuses: a PUT whose If-None-Match or If-Match does not hold. One is looked at after the
 * other, so that of two with the same condition one is carried out.
 */
export const honourConditions = (server: Server): void => {
  let last: Promise<void> = Promise.resolve();
  server.addHook('preHandler', async ({ method, url, headers }, reply) => {
    const { 'if-none-match': none, 'if-match': match } = headers;
    if (method !== 'PUT' || (none === undefined && match === undefined)) return;
    const before = last;
    last = finished(reply.raw).catch(() => undefined);
    await before;
    const path = url.replace(/\?.*$/s, '');
    const found = await server.inject({ method: 'HEAD', url: path });
    const isThere = found.statusCode === 200;
    if (none !== undefined && isThere) {
      await reply.code(412).send(problem('PreconditionFailed', 'If-None-Match'));
    } else if (match !== undefined && !isThere) {
      await reply.code(404).send(problem('NoSuchKey', 'If-Match'));
    } else if (match !== undefined && found.headers['etag'] !== match) {
      await reply.code(412).send(problem('PreconditionFailed', 'If-Match'));
    }
  });
};

/** As S3 has it. */
const problem = (code: string, condition: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>The object is not as the condition has it.</Message><Condition>${condition}</Condition></Error>`;
