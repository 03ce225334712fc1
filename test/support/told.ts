import { expect } from 'vitest';
import type { World } from './world.ts';

/** @returns what is told while something is done, at most once, with names as a deployment has them */
export const hear = async (world: World, act: () => Promise<unknown>) => {
  const { messages, events } = world.deployment.told;
  const [told, put] = [messages.length, events.length];
  const answer = await act();
  expect(messages.length - told).toBeLessThanOrEqual(1);
  expect(events.length - put).toBe(1);
  const message = messages.at(told);
  return {
    answer,
    mail: message && asDeployed(`Subject: ${message.subject}\n\n${message.message}`),
    event: events.at(-1),
  };
};

/** With names as a deployment has them. */
export const asDeployed = (text: string): string =>
  text
    .replaceAll(/127\.0\.0\.1:\d+/g, 'fa-prod.example.com')
    .replaceAll(/refreshesbucket[0-9a-f]+/g, 'refreshes-0a1b2c3d')
    .replaceAll(/\brun-\d+/g, 'nightly-20261124T010000Z')
    // Made of the execution's ARN, in which the process is that runs it here.
    .replaceAll(/restored-[0-9a-f]{16}/g, 'restored-0a1b2c3d4e5f6071');

/** Each as a person gets it: a file beside the tests of the flow. */
export const golden = (name: string) => `./notices/${name}.txt`;

/** The lines that CloudWatch takes for metrics. */
export const metricsOf = (world: World): Record<string, unknown>[] =>
  world.logs.flatMap((line) => (line.includes('"CloudWatchMetrics"') ? JSON.parse(line) : []));
