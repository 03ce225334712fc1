import * as z from 'zod';
import { RefreshError } from './errors.ts';

/** Where a run calls its user's own steps, in this order; `on_failure` in a run that fails, last of all. */
export const hookPoints = [
  'before_snapshot',
  'after_snapshot',
  'before_overwrite',
  'after_overwrite',
  'on_failure',
] as const;

/** What a hook is told of its run, as environment variables. */
export const valueNames = [
  'REFRESH_RUN',
  'REFRESH_POINT',
  'REFRESH_SOURCE_PG',
  'REFRESH_TARGET_PG',
  'REFRESH_SNAPSHOT',
  'REFRESH_MANIFEST',
  'REFRESH_PAIRS',
] as const;
export type ValueName = (typeof valueNames)[number];

/** A place for one of them in a parameter. */
export const PLACEHOLDER = /\{(REFRESH_\w+)\}/g;

const isValueName = (name: string | undefined): name is ValueName =>
  valueNames.some((known) => known === name);

const hasKnownPlaceholders = (text: string): boolean =>
  [...text.matchAll(PLACEHOLDER)].every(([, name]) => isValueName(name));

/** For all hooks together: each is looked at again and again, and the history of an execution has an end. */
const MOST_MINUTES = 720;
const MOST_HOOKS = 24;
/** As many as one Run Command request may name. */
const MOST_INSTANCES = 50;
/** Of a definition's parameters and of its tags as JSON, in characters: they travel in the run document. */
const MOST_PARAMETERS = 4_000;
const MOST_TARGETS = 2_000;

/** Name of a Command document, or the ARN of a shared one. */
export const DOCUMENT = /^[\w./:-]{3,200}$/;

const text = z.string().min(1).max(2_000);
const texts = z.array(text).min(1).max(50);

const ssm = z
  .strictObject({
    document: z
      .string()
      .regex(DOCUMENT, 'expected the name or the ARN of a Command document')
      .describe(
        'Name of a Command document of this account or of AWS; the ARN of one that is shared',
      ),
    instances: z
      .array(
        z
          .string()
          .regex(/^m?i-[0-9a-f]{8,17}$/, 'expected the id of a managed instance, "i-…" or "mi-…"'),
      )
      .min(1)
      .max(MOST_INSTANCES)
      .optional()
      .describe('Ids of managed instances; either these or `targets`'),
    targets: z
      .array(
        z.strictObject({
          key: z
            .string()
            .regex(/^tag:.{1,128}$/, 'expected "tag:" and the key of a tag')
            .describe('`tag:` and the key of a tag'),
          values: texts.describe('Values, one of which it has'),
        }),
      )
      .min(1)
      .max(5)
      .refine(
        (targets) => JSON.stringify(targets).length <= MOST_TARGETS,
        `expected at most ${MOST_TARGETS} characters`,
      )
      .optional()
      .describe('All instances that bear these tags'),
    parameters: z
      .record(
        z.string().regex(/^[A-Za-z0-9]+$/, 'expected a name of letters and digits'),
        z.array(
          z
            .string()
            .refine(hasKnownPlaceholders, `expected no other values than ${valueNames.join(', ')}`),
        ),
      )
      .default({})
      .refine(
        (parameters) => JSON.stringify(parameters).length <= MOST_PARAMETERS,
        `expected at most ${MOST_PARAMETERS} characters; put a longer script into a Command document of its own`,
      )
      .describe('As Run Command has them. `{REFRESH_RUN}` and its like in a value are replaced'),
  })
  .refine(
    ({ instances, targets }) => (instances === undefined) !== (targets === undefined),
    'expected either "instances" or "targets"',
  );

const kinds = ['ssm', 'lambda', 'command'] as const;
type HookKind = (typeof kinds)[number];

/** ARN of a Lambda function. */
export const FUNCTION = /^arn:[\w-]+:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(?::[\w$-]+)?$/;

const actionFields = {
  name: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('What people call it; without it, what it calls'),
  ssm: ssm.optional().describe('A Systems Manager document that is sent to hosts'),
  lambda: z
    .string()
    .regex(FUNCTION, 'expected the ARN of a Lambda function')
    .optional()
    .describe('ARN of a function, which is called with the run and its pairs'),
  command: texts
    .optional()
    .describe('A process on the machine of the command line: program and arguments'),
  timeout_minutes: z
    .number()
    .int()
    .min(1)
    .max(MOST_MINUTES)
    .default(30)
    .describe(
      `How long the run waits for it; ${MOST_MINUTES} minutes at most for all hooks together`,
    ),
};

type Action = z.output<ReturnType<typeof z.strictObject<typeof actionFields>>>;

const hasOneKind = (action: Pick<Action, HookKind>): boolean =>
  kinds.filter((kind) => action[kind] !== undefined).length === 1;
const ONE_KIND = 'expected exactly one of "ssm", "lambda" and "command"';

const action = z.strictObject(actionFields).refine(hasOneKind, ONE_KIND).meta({ title: 'Hook' });
/** One step of the user's own. */
export type HookAction = z.output<typeof action>;

const abortable = z
  .strictObject({
    ...actionFields,
    on_abort: action
      .optional()
      .describe('Makes undone what the hook has done, where the target holds what it held before'),
  })
  .refine(hasOneKind, ONE_KIND)
  .meta({ title: 'Hook before the overwrite' });

const hooksShape = z.strictObject({
  before_snapshot: z
    .array(action)
    .default([])
    .describe('Before the snapshot, and before backup mode'),
  after_snapshot: z.array(action).default([]).describe('After the snapshot, and after backup mode'),
  before_overwrite: z
    .array(abortable)
    .default([])
    .describe('When all is there that is to be copied, and before the guard is taken'),
  after_overwrite: z.array(action).default([]).describe('After the guard was released'),
  on_failure: z.array(action).default([]).describe('At the very end of a run that failed'),
});
/** The hooks of a definition, by point. */
export type Hooks = z.output<typeof hooksShape>;

export const hooksSchema = hooksShape
  .refine(
    (hooks) => minutesOf(hooks) <= MOST_MINUTES,
    `expected timeout_minutes of at most ${MOST_MINUTES} for all hooks together`,
  )
  .refine(
    (hooks) => allActions(hooks).length <= MOST_HOOKS,
    `expected at most ${MOST_HOOKS} hooks, with those of on_abort`,
  );

/** Every action of a definition, with where it stands there. */
const allActions = (hooks: Hooks): { readonly path: string; readonly action: HookAction }[] =>
  hookPoints.flatMap((point) =>
    hooks[point].flatMap((entry, index) => {
      const path = `hooks.${point}[${index}]`;
      const abort = 'on_abort' in entry ? entry.on_abort : undefined;
      return [
        { path, action: entry },
        ...(abort ? [{ path: `${path}.on_abort`, action: abort }] : []),
      ];
    }),
  );

const minutesOf = (hooks: Hooks): number =>
  allActions(hooks).reduce((sum, { action: { timeout_minutes } }) => sum + timeout_minutes, 0);

export const hasHooks = (hooks: Hooks): boolean => allActions(hooks).length > 0;

/** The programs that hooks call, each once. */
export const programsOf = (hooks: Hooks): string[] => [
  ...new Set(allActions(hooks).flatMap(({ action: { command } }) => command?.[0] ?? [])),
];

export const kindOf = (action: HookAction): HookKind =>
  action.ssm ? 'ssm' : action.lambda === undefined ? 'command' : 'lambda';

/** What a hook calls: a document, a function or a program. */
export const calledBy = ({ ssm, lambda, command }: HookAction): string =>
  ssm?.document ?? lambda ?? command?.[0] ?? '';

export const nameOf = (action: HookAction): string => action.name ?? calledBy(action);

/** What hooks may call here. */
export const hookRightsSchema = z.strictObject({
  documents: z.array(z.string()),
  functions: z.array(z.string()),
  /** Whether they may be processes of this machine; then they are nothing else. */
  commands: z.boolean().default(false),
  /** Programs of the hooks that this machine cannot start: who runs them has looked. */
  missing: z.array(z.string()).optional(),
});
export type HookRights = z.output<typeof hookRightsSchema>;

/**
 * Refuses hooks that nobody could call, before anything is begun.
 * @throws InvalidDefinition
 */
export const requireCallable = (
  hooks: Hooks,
  rights: HookRights | undefined,
  refresh: string,
): void => {
  const actions = allActions(hooks);
  if (actions.length > 0 && !rights) {
    throw new RefreshError(
      'InvalidDefinition',
      `Refresh "${refresh}" has hooks, but this deployment calls none.`,
      'Add "hooks" to the settings, with the documents, instance tags and functions that they may use, and deploy; or take the hooks out.',
    );
  }
  for (const { path, action } of actions) {
    const reason = rights && whyNotCallable(action, rights);
    if (!reason) continue;
    const name = action.name === undefined ? '' : ` ("${action.name}")`;
    throw new RefreshError(
      'InvalidDefinition',
      `Refresh "${refresh}" has a hook at ${path}${name} that ${reason.problem}`,
      reason.remedy,
    );
  }
};

/** Why an action cannot be called here: the end of a sentence about it, and what to do. */
export const whyNotCallable = (
  action: HookAction,
  { documents, functions, commands, missing = [] }: HookRights,
): { problem: string; remedy: string } | undefined => {
  const called = calledBy(action);
  const isAllowed = {
    ssm: documents.includes(called),
    lambda: functions.includes(called),
    command: commands,
  };
  if (isAllowed[kindOf(action)]) {
    if (!missing.includes(called)) return undefined;
    return {
      problem: `calls "${called}", a program that cannot be started on this machine.`,
      remedy:
        'Correct it, or see that the file is there and may be executed. A name without "/" is looked up in PATH, a relative path from the folder in which the command line runs.',
    };
  }
  if (action.command) {
    return {
      problem: 'is a command, which only the command line can run.',
      remedy: 'Use { "ssm": … } or { "lambda": … } in AWS.',
    };
  }
  if (commands) {
    return {
      problem: 'needs AWS, and this is the command line.',
      remedy:
        'Here a hook is a process of this machine: { "command": ["program", "argument"] }. Write it so, or have the deployment run the refresh.',
    };
  }
  return {
    problem: `calls "${called}", which this deployment may not.`,
    remedy: 'Name it under "hooks" in the settings and deploy; or correct the hook.',
  };
};
