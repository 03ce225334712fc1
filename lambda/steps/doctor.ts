import { requireHealthy } from '../refresh/doctor.ts';
import type { Manifest } from '../refresh/manifest.ts';
import type { RefreshRequest } from '../refresh/request.ts';
import type { ArrayIdentity, Run } from '../refresh/run.ts';
import { arraysDocument, doctorDocument, requestDocument, writeDocument } from './documents.ts';
import { Examination } from './examination.ts';
import type { Subject } from './examination-subject.ts';
import { type ExaminedArray, examineArray } from './examine-array.ts';
import { examineDeployment } from './examine-deployment.ts';
import { examineSourceGroup, examineTargetGroup } from './examine-groups.ts';
import { examinePairs } from './examine-pairs.ts';
import { examineReplication } from './examine-replication.ts';
import { examineTarget } from './examine-target.ts';
import type { Ports } from './ports.ts';

/**
 * Makes all checks of a refresh, and keeps what they have found. Changes nothing on any array.
 * @throws DoctorFound where one failed
 */
export const examine = async (run: Run, request: RefreshRequest, ports: Ports): Promise<Run> => {
  const { flash_array_api_version: pin, replicate, target_protection_group } = request;
  const examination = new Examination();
  const { check } = examination;
  const source = examineArray(check, 'source', () => ports.sourceArray(pin), pin, ports.clock);
  const target = replicate
    ? examineArray(check, 'target', () => ports.targetArray(pin), pin, ports.clock)
    : source;
  const subject: Subject = { check, run, request, ports, source, target };
  const found = examineSourceGroup(subject);
  if (target_protection_group !== null) {
    const group = examineTargetGroup(subject, target_protection_group);
    examinePairs(subject, { ...found, target: group });
    examineTarget(subject, group);
  }
  if (replicate) examineReplication(subject, found);
  examineDeployment(subject);

  const checks = await examination.checks();
  const { store } = ports;
  await writeDocument(store, run.id, requestDocument, request);
  await writeDocument(store, run.id, doctorDocument, checks);
  await writeDocument(store, run.id, arraysDocument, await arraysReached(subject));
  requireHealthy(checks);
  const [known, knownTarget] = await Promise.all([source.known, target.known]);
  return {
    ...run,
    event: undefined,
    refresh: request.refresh,
    trigger: request.trigger,
    mode: request.mode,
    has_target: target_protection_group !== null,
    source_protection_group: request.source_protection_group ?? undefined,
    target_protection_group,
    source_array: known.identity,
    ...(replicate && { target_array: knownTarget.identity }),
  };
};

/** Those that took the token, whatever was found on them. */
const arraysReached = async ({ request, source, target }: Subject): Promise<Manifest['arrays']> => {
  const [ofSource, ofTarget] = await Promise.all([identityOf(source), identityOf(target)]);
  const hasTarget = request.replicate || request.target_protection_group !== null;
  return { source: ofSource, target: hasTarget ? ofTarget : null };
};

const identityOf = ({ known }: ExaminedArray): Promise<ArrayIdentity | null> =>
  known.then(
    ({ identity }) => identity,
    () => null,
  );
