/** What a field must be, and what to do where it is not. `problemsOf` says before it where that is and what was found. */
const expected = (what: string, advice: string) => ({ error: `expected ${what}. ${advice}` });

/** The rule of each field. */
export const rules = {
  settings: expected(
    'an object with the list "refreshes" and, at will, "network", "oracle", "hooks", "encryptionKey" and "notifications"',
    'Correct "settings" under "context" in cdk.json; without refreshes it is { "refreshes": [] }.',
  ),
  refresh: expected(
    'an object with "name" and, at will, "schedule", "timezone", "eventPattern", "secretName" and "maxAgeHours"',
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
    'an object with "vpcId", "subnetIds", "arrays" and "endpoints"',
    'Name the network from which the arrays can be reached, or leave it out where Lambda’s own reaches them.',
  ),
  oracleNetwork: expected(
    'an object with "vpcId", "subnetIds", "databases", "endpoints" and, at will, "port"',
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
  peers: expected(
    'a list of IPv4 addresses, blocks of them no wider than /8 that begin where they say, ids of security groups or ids of prefix lists',
    'Write it like ["10.20.0.10", "10.20.1.0/28"], ["sg-0123abcd"] or ["pl-0123abcd"]: the function can connect to nothing else.',
  ),
  port: expected('a port from 1 to 65535', 'Leave it out where the listener has 1521.'),
  secretName: expected(
    '1 to 64 letters, digits and /_+=.@-, without two hyphens in a row, not ending in a hyphen and six more',
    'Choose such a name for the secret with the credentials of this refresh’s arrays.',
  ),
  secretNames: expected(
    'names of secrets that fit into the function’s environment, at most 2,048 characters in all',
    'Let refreshes on the same arrays share a secret without a name, or deploy the stack twice.',
  ),
  maxAgeHours: expected(
    'a number of hours from 1 to 8760',
    'Write 26 for a nightly refresh: a day, and two hours for the run. Leave it out where nobody needs to be told.',
  ),
  notifications: expected(
    'an object with, at will, "emails" and "successes"',
    'Write it like { "emails": ["dba@example.com"] }, or leave it out.',
  ),
  email: expected('an address for mails', 'Write it like "dba@example.com".'),
  successes: expected('true or false', 'Write true to be told of refreshes that succeed as well.'),
  encryptionKey: expected(
    '"new" or the ARN of a KMS key',
    'Write it like "arn:aws:kms:eu-central-1:123456789012:key/…", or leave it out for keys of AWS.',
  ),
};
