import { type HookRecord, newHookRecord } from '../../../../lambda/refresh/hook-record.ts';
import { type HookAction, type Hooks, hooksSchema } from '../../../../lambda/refresh/hooks.ts';
import { betweenHooks, type HookCursor } from '../../../../lambda/refresh/run.ts';

export const HOST = 'i-0a1b2c3d4e5f60718';
export const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:mask';

/** Hooks as a definition has them. */
export const hooksOf = (hooks: object): Hooks => hooksSchema.parse(hooks);

/** Those of a definition that says nothing of them. */
export const NO_HOOKS = hooksOf({});

/** An entry as a definition has it: a document that is sent to one host. */
export const toHost = (name: string, more: object = {}) => ({
  name,
  ssm: { document: 'AWS-RunShellScript', instances: [HOST] },
  ...more,
});

/** The same as the product sees it. */
export const actionOf = (entry: object): HookAction => {
  const [action] = hooksOf({ before_snapshot: [entry] }).before_snapshot;
  if (!action) throw new Error('There is no action.');
  return action;
};

/** What is noted of a hook that is under way. */
export const underWay = (more: Partial<HookRecord> = {}): HookRecord => ({
  ...newHookRecord('before_overwrite', actionOf(toHost('stop')), 'PLANNED'),
  status: 'RUNNING',
  begun: '2026-11-24T01:00:00.000Z',
  ...more,
});

/** A hook of half an hour that is about to be sent to one host, unless `more` says otherwise. */
export const cursorWith = (more: Partial<HookCursor> = {}): HookCursor => ({
  ...betweenHooks('before_overwrite', 0),
  active: true,
  next: 'send',
  request: { DocumentName: 'AWS-RunShellScript', InstanceIds: [HOST] },
  instances: [HOST],
  instance: HOST,
  timeout_seconds: 1_800,
  ...more,
});

/** One whose command was sent, and is looked at. */
export const lookingWith = (more: Partial<HookCursor> = {}): HookCursor =>
  cursorWith({
    next: 'wait',
    request: undefined,
    command: 'c-1',
    looks_at: 'instance',
    ...more,
  });

/** What GetCommandInvocation answers. */
export const invocation = (Status: string, more: object = {}) => ({
  Status,
  StatusDetails: Status,
  ResponseCode: Status === 'Success' ? 0 : -1,
  StandardOutputContent: '',
  StandardErrorContent: '',
  ...more,
});
