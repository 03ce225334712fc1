import { createServer, type Socket } from 'node:net';
import { type Listener, listen } from '../../../../local/array/listen.ts';

const listeners = new Set<Listener>();

export interface StubListener {
  /** `127.0.0.1:PORT/PRD`. */
  readonly connectString: string;
  /** Fulfilled when every connection that was made to it is closed, and one was made. */
  readonly allClosed: Promise<void>;
}

/** A TCP port that does with a connection what no decent listener would. */
export async function startStubListener(
  onConnection: (socket: Socket) => void,
): Promise<StubListener> {
  let open = 0;
  let tell: () => void = () => {};
  const allClosed = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const server = createServer((socket) => {
    open += 1;
    socket.on('error', () => {});
    // Without a reader the end of the connection is never seen.
    socket.resume();
    socket.once('close', () => {
      open -= 1;
      if (open === 0) tell();
    });
    onConnection(socket);
  });
  const listener = await listen(server, 0);
  listeners.add(listener);
  return { connectString: `127.0.0.1:${listener.port}/PRD`, allClosed };
}

export async function stopStubListeners(): Promise<void> {
  await Promise.all([...listeners].map((listener) => listener.stop()));
  listeners.clear();
}

/** A packet of Oracle Net: length, checksum, type, flags, checksum, and what is in it. */
const packet = (type: number, content: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(8 + content.length, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, content]);
};

/** REFUSE (type 4): two reasons, the length of the text, the text. */
export const refusal = (error: number): Buffer => {
  const text = Buffer.from(`(DESCRIPTION=(ERR=${error})(VSNNUM=0))`);
  const head = Buffer.from([34, 0, 0, text.length]);
  return packet(4, Buffer.concat([head, text]));
};

/** ACCEPT (type 2) of protocol version 318, without network services: now the login begins. */
export const acceptance = (): Buffer => {
  const content = Buffer.alloc(37);
  content.writeUInt16BE(318, 0);
  content.writeUInt8(0x04, 14);
  content.writeUInt32BE(8_192, 24);
  content.writeUInt32BE(2_097_152, 28);
  return packet(2, content);
};
