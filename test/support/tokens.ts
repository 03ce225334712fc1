import type { Execution } from '../../local/flow.ts';
import type { Stage } from './stage.ts';

/** Where one of the tokens has been written to, though it should have been nowhere. */
export const findTokens = async (
  tokens: readonly string[],
  { traffic, simulator, logs, template }: Stage,
  executions: readonly Execution[],
): Promise<string[]> => {
  const histories = await Promise.all(
    executions.map(async ({ name, history, result }) => ({
      place: `execution ${name}`,
      text: JSON.stringify([history, await result]),
    })),
  );
  const places = [
    ...traffic.written,
    ...histories,
    // Without headers, which is where a token belongs.
    { place: 'requests', text: JSON.stringify(simulator.requests()) },
    { place: 'logs', text: logs.join('\n') },
    { place: 'template', text: template },
  ];
  return places
    .filter(({ text }) => tokens.some((token) => text.includes(token)))
    .map(({ place }) => place);
};
