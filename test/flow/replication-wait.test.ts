import { describe, expect, it } from 'vitest';
import { awsEventCount } from '../support/aws-history.ts';
import { replicatedDatabases, replicatedDefinition } from '../support/databases.ts';
import { expectFailedOnTheWay, expectRefreshed } from '../support/expectations.ts';
import { allCases } from '../support/extent.ts';
import {
  callsOf,
  largestDocument,
  type RunReport,
  requestsTo,
  statesOf,
} from '../support/run-report.ts';
import { useWorld } from '../support/world.ts';

const HOUR = 3_600;
const world = useWorld({ state: replicatedDatabases() });

const looksAt = (report: RunReport): number =>
  callsOf(requestsTo('fa-dr', report)).filter(
    (call) => call === 'GET /protection-group-snapshots/transfer',
  ).length;
const waitedIn = ({ waits }: RunReport): number => waits.reduce((sum, wait) => sum + wait, 0);

/** A step looks once and ends; it is the machine that waits, and nothing but its waiting moves the clock. */
const expectNoStepToWait = (report: RunReport): void => {
  const steps = statesOf(report).filter((state) => state === 'Check Replication').length;
  // Prepare looks once as well.
  expect(looksAt(report)).toBe(steps + 1);
  expect(report.waits).toHaveLength(
    statesOf(report).filter((state) => state === 'Wait For Replication').length,
  );
};

/**
 * Hundreds of looks each. How few they are, and what AWS records of them, replication.property.test.ts tries; what one look
 * leaves in the history, replication.test.ts counts; that a run ends at its limit, replication-trouble.test.ts.
 */
describe.runIf(allCases)('a transfer', () => {
  it('of three hours takes few looks and a small document', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ duration_ms: 3 * HOUR * 1000 });

    const report = await world.run('nightly');

    expectRefreshed(report);
    expectNoStepToWait(report);
    expect(report.manifest.replication?.polls).toBeLessThan(250);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(3 * HOUR);
    expect(waitedIn(report)).toBeLessThanOrEqual(3 * HOUR + 120);
    expect(Math.max(...report.waits)).toBe(60);
    expect(largestDocument(report)).toBeLessThan(16 * 1024);
  });

  it('that is not complete after twelve hours ends the run, well within what AWS records of one', async () => {
    await world.define('nightly', replicatedDefinition);
    world.simulator.setReplication({ duration_ms: 24 * HOUR * 1000 });

    const report = await world.run('nightly');

    expectFailedOnTheWay(report, 'ReplicationTimedOut');
    expectNoStepToWait(report);
    expect(waitedIn(report)).toBeGreaterThanOrEqual(12 * HOUR);
    expect(waitedIn(report)).toBeLessThanOrEqual(12 * HOUR + 120);
    expect(Math.max(...report.waits)).toBe(120);
    expect(report.manifest.replication).toMatchObject({ done: false, seen: true });
    expect(report.manifest.replication?.progress).toBeCloseTo(0.5, 2);
    expect(awsEventCount(world.machine, report.history)).toBeLessThan(5_000);
    expect(largestDocument(report)).toBeLessThan(16 * 1024);
  });
});
