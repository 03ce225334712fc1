import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteObjectsCommand, S3Client } from '@aws-sdk/client-s3';
import { createManualClock } from '../../local/array/clock.ts';
import {
  type RunningSimulator,
  type StateFile,
  startSimulator,
} from '../../local/array/simulator.ts';
import { findAssembly } from '../../local/assembly.ts';
import { LOOPBACK_CREDENTIALS } from '../../local/aws/bucket.ts';
import { type Deployment, deployLocally } from '../../local/deployment.ts';
import { REGION, readStack } from '../../local/template.ts';
import { ContractRecord } from './contract-record.ts';
import { Interruptions } from './interruptions.ts';

/** When the clock of the simulator starts; it moves only when it is moved. */
const START = Date.parse('2026-11-24T00:00:00Z');

export interface StageOptions {
  /** One array. */
  readonly state: StateFile;
  /** The newest REST version of the array; 2.56 by default. */
  readonly restVersion?: string;
}

/** A simulated array and the whole stack on this machine. */
export interface Stage {
  readonly simulator: RunningSimulator;
  readonly deployment: Deployment;
  readonly interruptions: Interruptions;
  readonly contract: ContractRecord;
  /** What the functions have logged so far. */
  readonly logs: readonly string[];
  /** The text of the synthesized template. */
  readonly template: string;
  emptyBucket(): Promise<void>;
  stop(): Promise<void>;
}

/** The secret as an operator of the stack fills it in. */
export const secretFor = ({ arrays: [array] }: RunningSimulator) => ({
  src_flash_array_host: array?.host,
  src_flash_array_api_token: array?.api_token,
  src_flash_array_ca: array?.ca,
});

export const setStage = async ({ state, restVersion }: StageOptions): Promise<Stage> => {
  const assembly = await findAssembly();
  const stack = await readStack(assembly);
  const contract = new ContractRecord();
  const simulator = await startSimulator({
    state,
    clock: createManualClock(START),
    onExchange: contract.note,
    ...(restVersion && { restVersion }),
  });
  const logs: string[] = [];
  const interruptions = new Interruptions();
  const deployment = await deployLocally({
    stack,
    secret: secretFor(simulator),
    retryScale: 0,
    onLog: (line) => logs.push(line),
    beforeTask: interruptions.beforeTask,
    afterTask: interruptions.afterTask,
  });
  const client = new S3Client({
    endpoint: deployment.bucket.url,
    region: REGION,
    credentials: LOOPBACK_CREDENTIALS,
    forcePathStyle: true,
  });
  return {
    simulator,
    deployment,
    interruptions,
    contract,
    logs,
    template: await readFile(join(assembly, 'FlashArrayRefresh.template.json'), 'utf8'),
    emptyBucket: async () => {
      const keys = await deployment.bucket.list('');
      if (keys.length === 0) return;
      const Delete = { Objects: keys.map((Key) => ({ Key })) };
      await client.send(new DeleteObjectsCommand({ Bucket: stack.bucket, Delete }));
    },
    stop: async () => {
      client.destroy();
      await deployment.stop();
      await simulator.stop();
    },
  };
};
