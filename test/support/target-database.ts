import type { RunningSimulator } from '../../local/array/simulator.ts';
import type { CommandDocument } from '../../local/hosts/command-document.ts';
import { ManagedHosts } from '../../local/hosts/managed-hosts.ts';

/** The two nodes of the database on the target. */
export const NODE_1 = 'i-00000000000000001';
export const NODE_2 = 'mi-00000000000000002';
export const NODES = [NODE_1, NODE_2];
/** What they bear. */
export const TAGS = { role: 'dev' };
export const DOCUMENT = 'target-database';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:mask';

/**
 * Does what `Action` says: nothing. A node whose variable FAILS names the action fails at it, one whose LOUD does says a
 * megabyte.
 */
const document: CommandDocument = {
  schemaVersion: '2.2',
  parameters: {
    Action: { type: 'String' },
    Told: { type: 'String', default: '' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      inputs: {
        timeoutSeconds: 60,
        runCommand: [
          'if [ "$LOUD" = \'{{ Action }}\' ]; then yes | head -c 1000000; fi',
          "if [ \"$FAILS\" = '{{ Action }}' ]; then echo 'cannot {{ Action }}' >&2; exit 3; fi",
          "echo '{{ Action }}: {{ Told }}'",
        ],
      },
    },
  ],
};

/** A shell of AWS's own document. */
const shell: CommandDocument = {
  schemaVersion: '2.2',
  parameters: {
    commands: { type: 'StringList' },
    executionTimeout: { type: 'String', default: '3600' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      inputs: { runCommand: '{{ commands }}', timeoutSeconds: '{{ executionTimeout }}' },
    },
  ],
};

/** A database on the target volumes, open until a hook stops it: while it is open, it writes to them. */
export class TargetDatabase {
  readonly hosts: ManagedHosts;
  readonly #write: (writes_per_sec: number) => void;
  #isOpen = true;

  constructor(
    simulator: () => RunningSimulator,
    volumes: readonly string[],
    now: () => number,
    note: (what: string) => void,
  ) {
    this.#write = (writes_per_sec) => {
      const array = simulator().arrays.at(-1)?.name ?? '';
      for (const volume of volumes) {
        simulator().setPerformance(array, volume, { reads_per_sec: 0, writes_per_sec });
      }
    };
    this.hosts = new ManagedHosts({
      documents: { [DOCUMENT]: document, 'AWS-RunShellScript': shell },
      hosts: Object.fromEntries(NODES.map((node) => [node, { tags: TAGS }])),
      now,
      onRun: ({ host, request: { Parameters }, status }) => {
        const action = Parameters['Action']?.[0] ?? 'script';
        const node = host === NODE_1 ? '' : ' on the second node';
        note(status === undefined ? `${action}${node}` : `${action}${node}: ${status}`);
        if (status === 'Success') this.#hasDone(action);
      },
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  reset(): void {
    this.hosts.reset();
    this.#isOpen = true;
    this.#write(10);
  }

  #hasDone(action: string): void {
    if (action === 'start') this.#isOpen = true;
    if (action === 'stop') this.#isOpen = false;
    this.#write(this.#isOpen ? 10 : 0);
  }
}
