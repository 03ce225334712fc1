import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Ended, kindOf, type NoticeKind, noticeOf } from '../../../lambda/notices/notice.ts';
import { eventOf } from '../../../lambda/notices/run-event.ts';
import { targetStates } from '../../../lambda/refresh/run.ts';
import { endedWith, failed, failure, manifestWith, succeeded } from './support/ended.ts';

const recovered = { run: 'nightly-0', outcome: 'restored' } as const;
const withoutManifest = (error: string) => endedWith({ status: 'FAILED', error, cause: 'So.' });

describe('an end is', () => {
  it.each<[NoticeKind, string, Ended]>([
    ['succeeded', 'a refresh', succeeded()],
    ['succeeded', 'an undo', succeeded({ target: 'restored' })],
    ['succeeded', 'a snapshot alone', succeeded({ status: 'SNAPSHOT_ONLY', target: 'none' })],
    ['planned', 'a dry run', succeeded({ status: 'PLANNED', target: 'untouched' })],
    ['checked', 'a check', succeeded({ status: 'CHECKED', target: 'untouched' })],
    ['recovered', 'a run that cleared up', succeeded({ target: 'restored', recovered })],
    ['refused', 'a target in use', failed('TargetInUse', 'untouched')],
    ['refused', 'a source group that is not there', failed('ProtectionGroupNotFound', 'none')],
    ['refused', 'a check that failed', failed('DoctorFound', 'untouched')],
    ['refused', 'a wrong definition', failed('InvalidDefinition', 'untouched')],
    ['refused', 'a wrong request, without a manifest', withoutManifest('InvalidEvent')],
    ['failed', 'a refusal that came too late', failed('ProtectionGroupNotFound', 'restored')],
    ['failed', 'a refusal that came in the middle', failed('ProtectionGroupNotFound', 'mixed')],
    ['failed', 'an array that gave no answer', failed('ArrayUnavailable', 'untouched')],
    ['failed', 'an error that is none of ours', failed('States.Timeout', 'untouched')],
    ['failed', 'an error that every object has', failed('toString', 'untouched')],
    ['failed', 'an end without reason or manifest', endedWith({ status: 'FAILED' })],
    ['stopped', 'an abort', endedWith({ status: 'ABORTED' })],
    ['stopped', 'a timeout', endedWith({ status: 'TIMED_OUT' })],
    ['stopped', 'an abort after a manifest', endedWith({ status: 'ABORTED' }, manifestWith())],
  ])('%s: %s', (kind, _, ended) => {
    expect(kindOf(ended)).toBe(kind);
    expect(noticeOf(ended).kind).toBe(kind);
    expect(eventOf(ended).kind).toBe(kind);
  });
});

describe('a notice', () => {
  it('begins with what its subject says', () => {
    const { subject, message } = noticeOf(succeeded());

    expect(subject).toBe('[flasharray-refresh] nightly has refreshed dev-pg');
    expect(message).toMatch(/^nightly has refreshed dev-pg\.\n/);
  });

  it('says of a check that nothing was changed', () => {
    const { subject } = noticeOf(succeeded({ status: 'CHECKED', target: 'untouched' }));

    expect(subject).toBe('[flasharray-refresh] nightly was checked, and nothing was changed');
  });

  it.each(targetStates)('says why, what to do, and what the target is: %s', (target) => {
    const { subject, message } = noticeOf(failed('ArrayUnavailable', target));

    expect(message).toContain('What went wrong: ArrayUnavailable. It was not so.\n');
    expect(message).toContain('What to do: Make it so.\n');
    expect(/MIXED: do not open the database$/.test(subject)).toBe(target === 'mixed');
  });

  it('of a doctor whose findings could not be read says what is known', () => {
    const { subject, message } = noticeOf(failed('DoctorFound', 'untouched', { doctor: [] }));

    expect(subject).toContain('nightly was refused: DoctorFound');
    expect(message).toContain('What to do: Make it so.\n');
  });

  it('takes the reason from the execution where there is no manifest', () => {
    const cause = 'The array gave no answer.\nWhat to do: Check the network path.';
    const { message } = noticeOf(endedWith({ status: 'FAILED', error: 'ArrayUnavailable', cause }));

    expect(message).toContain('What went wrong: ArrayUnavailable. The array gave no answer.\n');
    expect(message).toContain('What to do: Check the network path.\n');
    expect(message).toContain('Manifest    none');
  });

  it('names a refresh that nobody knows', () => {
    const ofInput = (input: string | null) =>
      noticeOf(endedWith({ status: 'ABORTED', input })).subject;

    for (const input of [null, '', '{', '[]', '"nightly"', '{"refresh":7}', '{"refresh":""}'])
      expect(ofInput(input)).toBe('[flasharray-refresh] unknown was stopped');
  });

  it('lists no more than twenty steps to be done by hand, and says how many more there are', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), (count) => {
        const steps = Array.from({ length: count }, (_, index) => `purevol copy number-${index}-`);
        const { message } = noticeOf(
          failed('ArrayRequestRefused', 'mixed', { recovery_steps: steps, warnings: steps }),
        );
        const [before = '', byHand = ''] = message.split('\nBy hand, where no run can do it:\n');

        expect(byHand.match(/purevol copy/g) ?? []).toHaveLength(Math.min(count, 20));
        expect(before.match(/purevol copy/g) ?? []).toHaveLength(Math.min(count, 20));
        expect(/and (\d+) more, in the manifest/.exec(byHand)?.[1]).toBe(
          count > 20 ? String(count - 20) : undefined,
        );
      }),
    );
  });
});

/** Text as nobody should name anything, and as somebody may. */
const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.stringMatching(/^[a-z0-9-]{1,120}$/),
  fc.constantFrom('dev\npg', 'dév-pg', '😀'.repeat(60)),
);

it('a subject is at most 100 ASCII characters in one line, whatever the names', () => {
  const ends = fc.record({
    refresh: fc.option(name),
    group: fc.option(name),
    error: name,
    target: fc.constantFrom(...targetStates),
    status: fc.constantFrom('SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'),
    hasManifest: fc.boolean(),
  });

  fc.assert(
    fc.property(ends, ({ refresh, group, error, target, status, hasManifest }) => {
      const manifest = manifestWith({
        refresh,
        target,
        target_protection_group: group,
        error: status === 'FAILED' ? failure(error) : null,
      });
      const input = JSON.stringify({ refresh });
      const ended = endedWith({ status, error, input }, hasManifest ? manifest : undefined);

      expect(noticeOf(ended).subject).toMatch(/^\[flasharray-refresh\] [\x20-\x7e]{1,79}$/);
    }),
  );
});
