import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Driver } from '../../lambda/oracle/driver.ts';
import { closed, njs } from './driver-error.ts';
import { type Answer, answerSchema } from './protocol.ts';
import { type Line, simulatedDriver } from './simulated-driver.ts';

/** The driver of a simulator in another process or thread, at the `url` that its `serve` told. */
export const remoteDriver = (url: string): Driver => {
  const { hostname, port } = new URL(url);
  return simulatedDriver(() => openLine(hostname, Number(port)));
};

const openLine = async (host: string, port: number): Promise<Line> => {
  const socket = connect(port, host);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', ({ message }) => reject(njs(503, `could not connect\n${message}`)));
  });
  const waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  socket.on('error', () => {});
  socket.once('close', () => {
    for (const { reject } of waiting.values()) reject(closed());
    waiting.clear();
  });
  createInterface({ input: socket }).on('line', (line) => {
    const answer = answerSchema.parse(JSON.parse(line));
    waiting.get(answer.id)?.resolve(answer);
    waiting.delete(answer.id);
  });
  return {
    ask: (call) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) {
          reject(closed());
          return;
        }
        waiting.set(call.id, { resolve, reject });
        socket.write(`${JSON.stringify(call)}\n`);
      }),
    close: () => socket.destroy(),
  };
};
