import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, type Stack, Validations } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { acknowledgedFindings } from '../../lib/acknowledged-findings.ts';
import { readSettings, type Settings } from '../../lib/settings.ts';
import { root } from './support/project.ts';
import { appFor, settingsIn, withEverything, withHooks, withOracle } from './support/synthesis.ts';

const finding = z.object({
  acknowledgedId: z.string(),
  acknowledgedAt: z.string(),
  violatingConstructs: z.array(z.object({ constructPath: z.string() })),
});
const report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.string(),
      violations: z.array(z.unknown()),
      suppressedViolations: z.array(finding).optional(),
    }),
  ),
});

/**
 * What both sets of rules report about the stack, as `bin/app.ts` has them check it.
 *
 * @param change changes the stack before
 * @throws when a rule finds something that is not acknowledged
 */
function check(settings: Settings, change: (stack: Stack) => void = () => {}) {
  const { app, stack } = appFor(settings);
  change(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const { directory } = app.synth();
  const text = readFileSync(join(directory, 'validation-report.json'), 'utf8');
  return report.parse(JSON.parse(text)).pluginReports;
}

describe.each<[string, Settings, number]>([
  ['minimal', settingsIn('minimal'), 8],
  ['with two array pairs', settingsIn('two-array-pairs'), 9],
  ['in a private network', settingsIn('private-network'), 9],
  ['with a source database', readSettings(withOracle), 9],
  ['with hooks', readSettings(withHooks), 10],
  ['with everything', withEverything, 14],
])('the stack, %s,', (_, settings, count) => {
  const findings = acknowledgedFindings(settings);
  const reports = check(settings);
  const acknowledged = reports.flatMap(({ suppressedViolations = [] }) => suppressedViolations);

  it('has no finding but those acknowledged', () => {
    expect(reports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has each of those acknowledged, one construct each', () => {
    const found = acknowledged.flatMap(({ acknowledgedId, acknowledgedAt, violatingConstructs }) =>
      violatingConstructs.map(() => ({ id: acknowledgedId, construct: acknowledgedAt })),
    );
    const listed = findings.map(({ id, construct }) => ({
      id,
      construct: `FlashArrayRefresh/${construct}`,
    }));

    expect(found).toHaveLength(listed.length);
    expect(found).toEqual(expect.arrayContaining(listed));
  });

  it(`has ${count} of them, each with a reason`, () => {
    expect(findings).toHaveLength(count);
    expect(findings.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });
});

it('the documentation lists the acknowledged findings and no others', () => {
  const page = readFileSync(join(root, 'docs', 'security-findings.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  expect(rows).toEqual(
    acknowledgedFindings(withEverything).map(
      ({ id, construct, reason }) => `| \`${id}\` | \`${construct}\` | ${reason} |`,
    ),
  );
});

describe('both sets of rules refuse', () => {
  it('a bucket that is open: AwsSolutions', () => {
    const withBucket = () =>
      check(readSettings({ refreshes: [] }), (stack) => new CfnBucket(stack, 'Open'));

    expect(withBucket).toThrow(/AwsSolutions-S1\b/);
  });

  it('a property that CloudFormation does not know: the validation of the template', () => {
    const properties = { RetentionDays: 7 };
    const withMistake = () =>
      check(
        readSettings({ refreshes: [] }),
        (stack) => new CfnResource(stack, 'Mistaken', { type: 'AWS::Logs::LogGroup', properties }),
      );

    expect(withMistake).toThrow(/RetentionDays/);
  });
});
