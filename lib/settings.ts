import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { DOCUMENT, FUNCTION } from '../lambda/refresh/hooks.ts';
import { eventPattern, hasFields } from './event-pattern.ts';
import { isSchedule, isTimeZone } from './schedule-syntax.ts';
import { rules } from './settings-rules.ts';

const refresh = z
  .strictObject(
    {
      name: z
        .string(rules.name)
        .regex(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, rules.name)
        .describe('Name of the definition: `refreshes/<name>.json` in the bucket'),
      schedule: z
        .string(rules.schedule)
        .refine(isSchedule, rules.schedule)
        .optional()
        .describe('When the refresh starts by itself'),
      timezone: z
        .string(rules.timezone)
        .refine(isTimeZone, rules.timezone)
        .optional()
        .describe('IANA time zone of the schedule; UTC without it'),
      eventPattern: eventPattern
        .optional()
        .describe(
          'The events that start the refresh, those of a production deploy for instance, in EventBridge’s own spelling',
        ),
      secretName: z
        .string(rules.secretName)
        .regex(/^[A-Za-z0-9/_+=.@-]{1,64}$/, rules.secretName)
        // Secrets Manager appends such a suffix to the ARN, and cannot tell a name that has one.
        .regex(/^(?!.*-.{6}$)(?!.*--)/, rules.secretName)
        .optional()
        .describe(
          'Name of the secret with the credentials of its arrays; without it, the one that all others share',
        ),
      maxAgeHours: z
        .number(rules.maxAgeHours)
        .min(1, rules.maxAgeHours)
        .max(8_760, rules.maxAgeHours)
        .optional()
        .describe('The age of the copy from which on somebody is told'),
    },
    rules.refresh,
  )
  .refine(({ schedule, timezone }) => schedule !== undefined || timezone === undefined, {
    path: ['timezone'],
    ...rules.timezoneAlone,
  });
export type Refresh = z.infer<typeof refresh>;

/** Whether a block is no wider than /8, and begins where it says: EC2 would take `10.0.0.5/24` for `10.0.0.0/24`. */
const isBlock = (block: string): boolean => {
  const [address = '', length = ''] = block.split('/');
  const value = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return Number(length) >= 8 && value % 2 ** (32 - Number(length)) === 0;
};

/** Where a function may connect to. Everything, which is what /0 says, is no destination. */
const peers = z
  .array(
    z.union(
      [z.ipv4(), z.cidrv4().refine(isBlock), z.string().regex(/^(sg|pl)-[0-9a-f]+$/)],
      rules.peers,
    ),
    rules.peers,
  )
  .min(1, rules.peers);

const place = {
  vpcId: z
    .string(rules.vpc)
    .regex(/^vpc-[0-9a-f]+$/, rules.vpc)
    .describe('The VPC of the function'),
  subnetIds: z
    .array(z.string(rules.subnets).regex(/^subnet-[0-9a-f]+$/, rules.subnets), rules.subnets)
    .min(1, rules.subnets)
    .describe(
      'Their route tables lead to the arrays or databases, by Direct Connect, VPN or peering',
    ),
  endpoints: peers.describe(
    'Where AWS services are reached from there: security groups of interface endpoints, the prefix list of S3',
  ),
};

/** Where the function runs that speaks to arrays. */
const network = z.strictObject(
  {
    ...place,
    arrays: peers.describe(
      'Where the arrays are: addresses, blocks of them, security groups or prefix lists',
    ),
  },
  rules.network,
);

export type Network = z.infer<typeof network>;

/** Where the function runs that speaks to Oracle databases. */
const oracleNetwork = z.strictObject(
  {
    ...place,
    databases: peers.describe(
      'Where the listeners of the databases are: addresses, blocks of them, security groups or prefix lists',
    ),
    port: z
      .int(rules.port)
      .min(1, rules.port)
      .max(65_535, rules.port)
      .default(1521)
      .describe('That of their listener'),
  },
  rules.oracleNetwork,
);

/** What hooks may call. */
const hooks = z
  .strictObject(
    {
      documents: z
        .array(z.string(rules.document).regex(DOCUMENT, rules.document), rules.document)
        .default([])
        .describe('Command documents of this account or of AWS by name, shared ones by ARN'),
      instanceTags: z
        .record(
          z.string().min(1, rules.instanceTags).max(128, rules.instanceTags),
          z.array(z.string(rules.instanceTags), rules.instanceTags).min(1, rules.instanceTags),
          rules.instanceTags,
        )
        .default({})
        .describe(
          'Tags, all of which a managed instance must bear with one of their values for a document to be sent to it',
        ),
      functions: z
        .array(z.string(rules.function).regex(FUNCTION, rules.function), rules.function)
        .default([])
        .describe('ARNs of Lambda functions'),
    },
    rules.hooks,
  )
  .refine(({ documents, functions }) => documents.length + functions.length > 0, rules.hooks)
  .refine(({ documents, instanceTags }) => documents.length === 0 || hasFields(instanceTags), {
    path: ['instanceTags'],
    ...rules.instanceTags,
  });

const notifications = z.strictObject(
  {
    emails: z
      .array(z.email(rules.email), rules.notifications)
      .default([])
      .describe('Each is asked by mail whether it wants to be told'),
    successes: z
      .boolean(rules.successes)
      .default(false)
      .describe('Whether they are told of refreshes that succeed, too'),
  },
  rules.notifications,
);

/** The settings of a deployment: context key `settings` in cdk.json. */
export const settings = z.strictObject(
  {
    refreshes: z
      .array(refresh, rules.settings)
      .superRefine((refreshes, context) => {
        const names = refreshes.map(({ name }) => name);
        for (const [index, name] of names.entries()) {
          if (names.indexOf(name) === index) continue;
          context.addIssue({ code: 'custom', path: [index, 'name'], message: rules.unique.error });
        }
        const secrets = refreshes.map(({ name, secretName }) => secretName && [name, secretName]);
        // Lambda gives a function's environment 4 KB.
        if (JSON.stringify(secrets).length > 2_048)
          context.addIssue({ code: 'custom', message: rules.secretNames.error });
      })
      .describe('The refreshes of the deployment'),
    network: network
      .optional()
      .describe(
        'Present where the arrays are reached from a network of one’s own: where the function runs that speaks to them',
      ),
    oracle: z
      .strictObject(
        {
          network: oracleNetwork
            .optional()
            .describe(
              'Present where the database is reached from a network of one’s own: where the function runs that speaks to it',
            ),
        },
        rules.oracle,
      )
      .optional()
      .describe(
        'Present where a refresh uses backup mode or wants to know its database: a function and a secret of its own',
      ),
    hooks: hooks
      .optional()
      .describe('Present where refreshes have hooks: what they may call, and nothing else'),
    notifications: notifications
      .prefault({})
      .describe(
        'Who is told of what; of failures, refusals and recoveries people are told in any case',
      ),
    encryptionKey: z
      .string(rules.encryptionKey)
      .regex(/^(new|arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+)$/, rules.encryptionKey)
      .optional()
      .describe(
        'A key of the account for bucket and secrets: `new`, or the ARN of one that is there',
      ),
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
 * @param value the context value: an object, or, where it came with `cdk -c settings=…`, its JSON or the path of a
 *   `.json` file that holds it
 * @throws SettingsError that lists every mistake, one a line
 */
export function readSettings(value: unknown): Settings {
  const input = typeof value === 'string' ? parseJson(textOf(value)) : value;
  const result = settings.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, input));
  throw new SettingsError(`The deployment settings cannot be used.\n${problems.join('\n')}`);
}

function textOf(value: string): string {
  if (!value.endsWith('.json')) return value;
  try {
    return readFileSync(value, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SettingsError(
      `The file of the deployment settings cannot be read: ${reason}. Correct the path; it starts at the folder of cdk.json.`,
    );
  }
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
