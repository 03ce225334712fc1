import * as z from 'zod';
import { DOCUMENT, FUNCTION } from '../lambda/refresh/hooks.ts';
import { isSchedule, isTimeZone } from './schedule-syntax.ts';

/** What a field must be, and what to do where it is not. `problemsOf` says before it where that is and what was found. */
const expected = (what: string, advice: string) => ({ error: `expected ${what}. ${advice}` });

const rules = {
  settings: expected(
    'an object with the list "refreshes" and, at will, "oracle" and "hooks"',
    'Correct "settings" under "context" in cdk.json; without refreshes it is { "refreshes": [] }.',
  ),
  refresh: expected(
    'an object with "name" and, at will, "schedule", "timezone" and "eventPattern"',
    'Correct or remove it.',
  ),
  name: expected(
    '1 to 40 lower-case letters, digits and inner hyphens',
    'Choose such a name: executions and snapshots are named after it.',
  ),
  unique: expected('a name that no refresh before it has', 'Rename one of them.'),
  schedule: expected(
    'cron(minutes hours day-of-month month day-of-week year) with one "?", rate(number unit) or at(yyyy-mm-ddThh:mm:ss)',
    'Write it like "cron(0 1 * * ? *)", every night at one.',
  ),
  timezone: expected(
    'the name of an IANA time zone',
    'Write it like "Europe/Zurich", or leave it out for UTC.',
  ),
  timezoneAlone: expected('a schedule beside it', 'Add "schedule", or remove "timezone".'),
  pattern: expected(
    'an object with at least one of "source", "detail-type", "detail", "account", "region", "resources", "id", "time" and "version"',
    'Write the pattern as EventBridge documents it.',
  ),
  patternField: expected(
    'a list of at least one value or matcher',
    'Put the value in brackets, or leave the field out.',
  ),
  detail: expected(
    'an object with at least one field',
    'Name a field of the event, or leave it out.',
  ),
  oracle: expected(
    'an object with, at will, "network"',
    'Write { } where the database is reached without a network of your own, or leave it out.',
  ),
  network: expected(
    'an object with "vpcId", "subnetIds" and "securityGroupIds"',
    'Name the network from which the database can be reached.',
  ),
  hooks: expected(
    'an object with "documents" and "instanceTags", with "functions", or with all of them',
    'Name what the hooks of definitions may call, or leave it out where they have none.',
  ),
  document: expected(
    'the name or the ARN of a Systems Manager Command document',
    'Write it like "AWS-RunShellScript" or "refresh-oracle".',
  ),
  instanceTags: expected(
    'an object of tags, each with a list of at least one value',
    'Write it like { "refresh-hooks": ["dev"] }, and give the hosts of the target databases that tag: documents are sent to no other.',
  ),
  function: expected(
    'the ARN of a Lambda function',
    'Write it like "arn:aws:lambda:eu-central-1:123456789012:function:mask".',
  ),
  vpc: expected('the id of a VPC', 'Write it like "vpc-0123abcd".'),
  subnets: expected('a list of ids of subnets', 'Write it like ["subnet-0123abcd"].'),
  securityGroups: expected('a list of ids of security groups', 'Write it like ["sg-0123abcd"].'),
};

const hasFields = (value: object) => Object.keys(value).length > 0;

const patternField = z.array(z.unknown(), rules.patternField).min(1, rules.patternField).optional();

/** An event pattern in EventBridge's own spelling. */
const eventPattern = z
  .strictObject(
    {
      source: patternField,
      'detail-type': patternField,
      detail: z
        .record(z.string(), z.unknown(), rules.detail)
        .refine(hasFields, rules.detail)
        .optional(),
      account: patternField,
      region: patternField,
      resources: patternField,
      id: patternField,
      time: patternField,
      version: patternField,
    },
    rules.pattern,
  )
  .refine(hasFields, rules.pattern);

const refresh = z
  .strictObject(
    {
      /** Name of the definition: `refreshes/<name>.json` in the bucket. */
      name: z.string(rules.name).regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, rules.name),
      /** When the refresh starts by itself. */
      schedule: z.string(rules.schedule).refine(isSchedule, rules.schedule).optional(),
      /** IANA time zone of the schedule; UTC without it. */
      timezone: z.string(rules.timezone).refine(isTimeZone, rules.timezone).optional(),
      /** The events that start the refresh, those of a production deploy for instance. */
      eventPattern: eventPattern.optional(),
    },
    rules.refresh,
  )
  .refine(({ schedule, timezone }) => schedule !== undefined || timezone === undefined, {
    path: ['timezone'],
    ...rules.timezoneAlone,
  });
export type Refresh = z.infer<typeof refresh>;

const ids = (pattern: RegExp, rule: { error: string }) =>
  z.array(z.string(rule).regex(pattern, rule), rule).min(1, rule);

/** Where the function that speaks to Oracle databases runs. */
const network = z.strictObject(
  {
    vpcId: z.string(rules.vpc).regex(/^vpc-[0-9a-f]+$/, rules.vpc),
    subnetIds: ids(/^subnet-[0-9a-f]+$/, rules.subnets),
    securityGroupIds: ids(/^sg-[0-9a-f]+$/, rules.securityGroups),
  },
  rules.network,
);
export type Network = z.infer<typeof network>;

/** What hooks may call. */
const hooks = z
  .strictObject(
    {
      /** Command documents of this account or of AWS by name, shared ones by ARN. */
      documents: z
        .array(z.string(rules.document).regex(DOCUMENT, rules.document), rules.document)
        .default([]),
      /** Tags, all of which a managed instance must bear with one of their values for a document to be sent to it. */
      instanceTags: z
        .record(
          z.string().min(1, rules.instanceTags).max(128, rules.instanceTags),
          z.array(z.string(rules.instanceTags), rules.instanceTags).min(1, rules.instanceTags),
          rules.instanceTags,
        )
        .default({}),
      /** ARNs of Lambda functions. */
      functions: z
        .array(z.string(rules.function).regex(FUNCTION, rules.function), rules.function)
        .default([]),
    },
    rules.hooks,
  )
  .refine(({ documents, functions }) => documents.length + functions.length > 0, rules.hooks)
  .refine(({ documents, instanceTags }) => documents.length === 0 || hasFields(instanceTags), {
    path: ['instanceTags'],
    ...rules.instanceTags,
  });

/** The settings of a deployment: context key `settings` in cdk.json. */
const settings = z.strictObject(
  {
    refreshes: z.array(refresh, rules.settings).superRefine((refreshes, context) => {
      const names = refreshes.map(({ name }) => name);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        context.addIssue({ code: 'custom', path: [index, 'name'], message: rules.unique.error });
      }
    }),
    /** Present where a refresh uses backup mode or wants to know its database: a function and a secret of its own. */
    oracle: z.strictObject({ network: network.optional() }, rules.oracle).optional(),
    /** Present where refreshes have hooks: what they may call, and nothing else. */
    hooks: hooks.optional(),
  },
  rules.settings,
);
export type Settings = z.infer<typeof settings>;

/** The settings cannot be deployed; the message says where and why, and what the user can do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Checks the settings of a deployment.
 *
 * @param value the context value: an object, or its JSON where it came with `cdk -c settings=…`
 * @throws SettingsError that lists every mistake, one a line
 */
export function readSettings(value: unknown): Settings {
  const input = typeof value === 'string' ? parseJson(value) : value;
  const result = settings.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, input));
  throw new SettingsError(`The deployment settings cannot be used.\n${problems.join('\n')}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The lines about one issue: where, what was found, what was expected, what to do. */
function problemsOf(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `  ${pathOf([...issue.path, key])}: found an unknown key, ${issue.message}`,
    );
  }
  const found = issue.path.reduce<unknown>(memberOf, input);
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  return [`  ${pathOf(issue.path)}: found ${shown}, ${issue.message}`];
}

const memberOf = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : `${text}.${String(key)}`),
    'settings',
  );
