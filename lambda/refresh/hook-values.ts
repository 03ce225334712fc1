import type { RecordPoint } from './hook-record.ts';
import { type HookAction, PLACEHOLDER, type ValueName } from './hooks.ts';
import type { Plan } from './plan.ts';
import type { Run } from './run.ts';

/** As JSON, in characters: the run document, in which a hook's request travels, stays under 16 KiB. */
const MOST_PAIRS = 11_000;
const MOST_PARAMETERS = 11_500;

/**
 * What a hook is told of the run. No secret is among it: a host fetches its own. `REFRESH_MANIFEST` says where the manifest
 * lies; `REFRESH_PAIRS` is a JSON list of `{ source, target, serial }`, and empty where that would be too long.
 */
export type HookValues = Readonly<Record<ValueName, string>>;

type Known = Pick<Run, 'id' | 'source_protection_group' | 'target_protection_group' | 'snapshot'>;

export const hookValues = (
  point: RecordPoint,
  run: Known,
  plan: Plan | undefined,
  manifest: string,
): HookValues => {
  const pairs = JSON.stringify(
    (plan?.pairs ?? []).map(({ source, target }) => ({
      source: source.name,
      target: target.name,
      serial: target.serial,
    })),
  );
  return {
    REFRESH_RUN: run.id,
    REFRESH_POINT: point,
    REFRESH_SOURCE_PG: run.source_protection_group ?? '',
    REFRESH_TARGET_PG: run.target_protection_group ?? '',
    REFRESH_SNAPSHOT: run.snapshot?.name ?? '',
    REFRESH_MANIFEST: manifest,
    REFRESH_PAIRS: pairs.length > MOST_PAIRS ? '' : pairs,
  };
};

/** What Run Command is asked for, in its own words. */
export interface CommandRequest {
  readonly DocumentName: string;
  readonly InstanceIds?: readonly string[];
  readonly Targets?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly Parameters: Readonly<Record<string, readonly string[]>>;
  /** For how long an instance that does not answer is waited for, in seconds: from 30 on. */
  readonly TimeoutSeconds: number;
  readonly Comment: string;
}

/** An instance that comes back later must not do what its run has given up long ago. */
const DELIVERY_SECONDS = 120;

/** The document and the instance of a local process, which is run where Run Command is on loopback. */
export const LOCAL_DOCUMENT = 'flasharray-refresh-local-command';
export const LOCAL_INSTANCE = 'i-00000000';

/** What Run Command is asked for; without the pairs where they make it too long, which depends on how often they are named. */
export const commandRequest = (action: HookAction, values: HookValues): CommandRequest => {
  const request = requestWith(action, values);
  return JSON.stringify(request.Parameters).length > MOST_PARAMETERS
    ? requestWith(action, { ...values, REFRESH_PAIRS: '' })
    : request;
};

const requestWith = (action: HookAction, values: HookValues): CommandRequest => {
  const common = {
    TimeoutSeconds: Math.min(DELIVERY_SECONDS, action.timeout_minutes * 60),
    Comment: `${values.REFRESH_POINT} of ${values.REFRESH_RUN}`.slice(0, 100),
  };
  const { ssm, command = [] } = action;
  if (!ssm) {
    return {
      ...common,
      DocumentName: LOCAL_DOCUMENT,
      InstanceIds: [LOCAL_INSTANCE],
      Parameters: {
        command,
        environment: Object.entries(values).map(([name, value]) => `${name}=${value}`),
        timeoutSeconds: [String(action.timeout_minutes * 60)],
      },
    };
  }
  return {
    ...common,
    DocumentName: ssm.document,
    ...(ssm.instances && { InstanceIds: ssm.instances }),
    ...(ssm.targets && {
      Targets: ssm.targets.map(({ key, values: tagged }) => ({ Key: key, Values: tagged })),
    }),
    Parameters: forShell(action, fillIn(ssm.parameters, values), values),
  };
};

/** What a function is called with. */
export const functionPayload = (
  { timeout_minutes }: HookAction,
  values: HookValues,
  plan_hash: string | null,
) => ({
  run: values.REFRESH_RUN,
  point: values.REFRESH_POINT,
  source_protection_group: values.REFRESH_SOURCE_PG || null,
  target_protection_group: values.REFRESH_TARGET_PG || null,
  snapshot: values.REFRESH_SNAPSHOT || null,
  manifest: values.REFRESH_MANIFEST,
  plan_hash,
  pairs: values.REFRESH_PAIRS === '' ? null : JSON.parse(values.REFRESH_PAIRS),
  timeout_seconds: timeout_minutes * 60,
});

const fillIn = (
  parameters: Readonly<Record<string, readonly string[]>>,
  values: HookValues,
): Record<string, string[]> => {
  const known: ReadonlyMap<string, string> = new Map(Object.entries(values));
  const fill = (text: string) =>
    text.replaceAll(PLACEHOLDER, (placeholder, name: string) => known.get(name) ?? placeholder);
  return Object.fromEntries(
    Object.entries(parameters).map(([name, texts]) => [name, texts.map(fill)]),
  );
};

/** Documents of AWS that run what they are given; they cannot declare parameters of ours. */
const SETTERS: ReadonlyMap<string, (name: string, value: string) => string> = new Map([
  ['AWS-RunShellScript', (name, value) => `export ${name}='${value.replaceAll("'", "'\\''")}'`],
  [
    'AWS-RunPowerShellScript',
    // Typographic quotes end a text as well.
    (name, value) => `$env:${name} = '${value.replaceAll(/['\u2018-\u201B]/g, '$&$&')}'`,
  ],
]);

/** What such a document is given besides: the values, and an end in time, which it would not have before an hour. */
const forShell = (
  { ssm, timeout_minutes }: HookAction,
  parameters: Record<string, string[]>,
  values: HookValues,
): Record<string, string[]> => {
  const set = SETTERS.get(ssm?.document.split('/').at(-1) ?? '');
  if (!set) return parameters;
  const lines = Object.entries(values).map(([name, value]) => set(name, value));
  const commands = parameters['commands'] ?? [];
  // A script that names its interpreter does so in its first line.
  const named = commands[0]?.startsWith('#!') ? 1 : 0;
  return {
    executionTimeout: [String(timeout_minutes * 60)],
    ...parameters,
    commands: [...commands.slice(0, named), ...lines, ...commands.slice(named)],
  };
};
