import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource } from 'aws-cdk-lib';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { acknowledgedFindings } from '../../lib/acknowledged-findings.ts';
import { root } from './support/project.ts';
import { checkedAssembly } from './support/synthesis.ts';

const everyTrigger = {
  name: 'nightly',
  schedule: 'rate(1 day)',
  eventPattern: { source: ['com.example.deploy'] },
};

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

/** The findings of all rules in an assembly that was not refused. */
function findingsIn(folder: string) {
  const text = readFileSync(join(folder, 'validation-report.json'), 'utf8');
  return report.parse(JSON.parse(text)).pluginReports;
}

describe('the stack, with every kind of trigger,', () => {
  const reports = findingsIn(checkedAssembly([everyTrigger]));
  const acknowledged = reports.flatMap(({ suppressedViolations = [] }) => suppressedViolations);

  it('has no finding but those acknowledged', () => {
    expect(reports.map(({ pluginName }) => pluginName)).toContain('AwsSolutions');
    expect(reports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('has each of those acknowledged, one construct each', () => {
    const found = acknowledged.flatMap(({ acknowledgedId, acknowledgedAt, violatingConstructs }) =>
      violatingConstructs.map(() => ({ id: acknowledgedId, construct: acknowledgedAt })),
    );
    const listed = acknowledgedFindings.map(({ id, construct }) => ({
      id,
      construct: `FlashArrayRefresh/${construct}`,
    }));

    expect(found).toHaveLength(listed.length);
    expect(found).toEqual(expect.arrayContaining(listed));
  });

  it('has at most eight of them, each with a reason', () => {
    expect(acknowledgedFindings.length).toBeLessThanOrEqual(8);
    expect(acknowledgedFindings.filter(({ reason }) => reason.length < 40)).toEqual([]);
  });
});

it('the documentation lists the acknowledged findings and no others', () => {
  const page = readFileSync(join(root, 'docs', 'security-findings.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  expect(rows).toEqual(
    acknowledgedFindings.map(
      ({ id, construct, reason }) => `| \`${id}\` | \`${construct}\` | ${reason} |`,
    ),
  );
});

describe('both sets of rules refuse', () => {
  it('a bucket that is open: AwsSolutions', () => {
    const withBucket = () => checkedAssembly([], (stack) => new CfnBucket(stack, 'Open'));

    expect(withBucket).toThrow(/AwsSolutions-S1\b/);
  });

  it('a property that CloudFormation does not know: the validation of the template', () => {
    const withMistake = () =>
      checkedAssembly([], (stack) => {
        const properties = { RetentionDays: 7 };
        new CfnResource(stack, 'Mistaken', { type: 'AWS::Logs::LogGroup', properties });
      });

    expect(withMistake).toThrow(/RetentionDays/);
  });
});
