import type { HookRights } from '../../../lambda/refresh/hooks.ts';
import { type Script, scripts } from './walk-hosts.ts';

const DOCUMENT = 'walk';
/** How long a hook may take. */
const timeout_minutes = 3;
export const HOOK_SECONDS = timeout_minutes * 60;

const functionOf = (script: Script): string =>
  `arn:aws:lambda:us-east-1:123456789012:function:${script}`;

/** What the hooks of the walk may call. */
export const hookRights: HookRights = {
  documents: [DOCUMENT],
  functions: scripts.map(functionOf),
  commands: false,
};

type Way = (script: Script) => object;

const send = (script: Script, to: object) => ({
  name: script,
  ssm: { document: DOCUMENT, ...to, parameters: { Action: [script] } },
  timeout_minutes,
});
/** By a command to one instance. */
const onHost: Way = (script) => send(script, { instances: ['i-00000000000000001'] });
/** By a command to all instances that bear a tag. */
const onHosts: Way = (script) => send(script, { targets: [{ key: 'tag:role', values: ['db'] }] });
const byFunction: Way = (script) => ({
  name: script,
  lambda: functionOf(script),
  timeout_minutes,
});

/** Hooks at all points, by commands; of each kind one that is no more than a step of the user's. */
export const hooksByCommand = {
  before_snapshot: [onHost('quiesce')],
  after_snapshot: [onHost('resume')],
  before_overwrite: [{ ...onHost('stop'), on_abort: onHost('restart') }],
  after_overwrite: [onHost('find'), onHost('open')],
  on_failure: [onHost('tell')],
};

/** By functions and tags; two that are to be made undone in the other order; and nobody is told. */
export const hooksByAll = {
  before_snapshot: [byFunction('quiesce')],
  after_snapshot: [byFunction('resume')],
  before_overwrite: [
    { ...byFunction('unlisten'), on_abort: byFunction('relisten') },
    { ...onHosts('stop'), on_abort: onHosts('restart') },
  ],
  after_overwrite: [onHosts('open'), byFunction('listen')],
};
