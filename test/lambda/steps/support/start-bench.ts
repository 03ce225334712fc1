import type { StartPorts } from '../../../../lambda/steps/start-run.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { nightly } from './bench.ts';

export const INVOCATION = '5f0c1c9a-1111-2222-3333-444455556666';
export const EVENT_ID = '17793124-05d4-b198-2fde-7ededc63b103';

/** A bucket with the definition `nightly`, and a state machine that knows what was started. */
export const setUpStart = (definition: unknown = nightly) => {
  const store = new MemoryStore();
  store.put('refreshes/nightly.json', definition);
  const started = new Map<string, unknown>();
  const ports: StartPorts = {
    store,
    clock: new ManualClock(),
    executions: {
      async start(name, input) {
        const isNew = !started.has(name);
        if (isNew) started.set(name, input);
        return { execution: `arn:${name}`, started: isNew };
      },
    },
  };
  return { store, started, ports };
};
