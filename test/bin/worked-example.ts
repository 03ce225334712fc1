import { afterAll, beforeAll, beforeEach } from 'vitest';
import { demoState } from '../../local/array/demo.ts';
import { type RunningSimulator, startSimulator } from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import { newFolder, removeFolders, writeJson } from './command-line.ts';

export const SOURCE = 'gct-oradb-demo-prd01-pg';
export const TARGET = 'gct-oradb-demo-dev01-pg';
export const EXCLUDED = ['gct-oradb-demo-prd01-config-00', 'gct-oradb-demo-prd01-config-01'];
export const groups = { source_protection_group: SOURCE, target_protection_group: TARGET };

/** The worked example on an array of its own, as an array that a person names, and a folder for what is written. */
export class WorkedExample {
  #simulator: RunningSimulator | undefined;
  folder = '';

  get simulator(): RunningSimulator {
    if (this.#simulator) return this.#simulator;
    throw new Error('The worked example has not been started.');
  }

  get array(): RunningSimulator['arrays'][number] {
    const [first] = this.simulator.arrays;
    if (first) return first;
    throw new Error('The simulator has no array.');
  }

  get credentials() {
    const { host, api_token, ca } = this.array;
    return {
      src_flash_array_host: host,
      src_flash_array_api_token: api_token,
      src_flash_array_ca: ca,
    };
  }

  configure(document: unknown): Promise<string> {
    return writeJson(this.folder, 'config.json', document);
  }

  mutations() {
    return this.simulator
      .requests()
      .filter(({ method, path }) => method !== 'GET' && !/\/(?:login|logout|test)$/.test(path));
  }

  /** What is on the volumes, by name. */
  contents(): ReadonlyMap<string, string> {
    const { arrays } = this.simulator.state();
    return new Map(arrays.flatMap(({ volumes }) => volumes.map((v) => [v.name, v.fingerprint])));
  }

  async start(): Promise<void> {
    // Below 2.32 volumes are overwritten one by one, so a run can stop in the middle.
    this.#simulator = await startSimulator({ state: demoState, restVersion: '2.26' });
    await findAssembly();
  }

  async reset(): Promise<void> {
    this.simulator.reset();
    this.folder = await newFolder();
  }

  async stop(): Promise<void> {
    await this.simulator.stop();
    await removeFolders();
  }
}

/** For the tests of this file; each finds it as it was at the beginning. */
export const useWorkedExample = (): WorkedExample => {
  const example = new WorkedExample();
  beforeAll(() => example.start());
  beforeEach(() => example.reset());
  afterAll(() => example.stop());
  return example;
};
