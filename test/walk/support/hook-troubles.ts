import { retries } from '../../../lib/step-task.ts';
import type { CourseStep } from './courses.ts';
import type { Draft } from './drafts.ts';
import { HOOK_SECONDS } from './hooks.ts';
import type { HostFault } from './walk-hosts.ts';

/** Longer than anybody waits; longer than the machine takes to come to the hook that makes it undone. */
const [TOO_LONG, LONG] = [HOOK_SECONDS * 2, 100];

type Effect = Omit<HostFault, 'kind' | 'times'>;
type Named = readonly [name: string, effect: Effect, times?: number];

const refusal = (error: string, message: string): Effect => ({
  acts: false,
  hears: { error, message: `${message} (Service: Ssm, Status Code: 400)` },
});
const lost = { error: 'Ssm.SdkClientException', message: 'Unable to execute HTTP request' };
const late = { error: 'States.Timeout', message: '' };
const busy = refusal('Ssm.SsmException', 'Rate exceeded');
const unknown = refusal('Ssm.InvocationDoesNotExistException', 'null');

const scripted: readonly Named[] = [
  ['fails', { acts: true, outcome: 'failed' }],
  ['fails when it is done', { acts: true, outcome: 'done, and failed' }],
  ['never ends', { acts: true, seconds: Number.POSITIVE_INFINITY }],
  ['ends too late', { acts: true, seconds: TOO_LONG }],
];

const sendings: readonly Named[] = [
  ...scripted,
  ['is never delivered', { acts: true, outcome: 'never delivered' }],
  ['refused', refusal('Ssm.InvalidInstanceIdException', 'Instances not in a valid state')],
  ['refused, for good', refusal('Ssm.SsmException', 'User is not authorized to perform'), 0],
  ['throttled', busy],
  ['throttled, for good', busy, 0],
  ['answer lost, not sent', { acts: false, hears: lost }],
  ['answer lost, sent', { acts: true, hears: lost, seconds: LONG }],
  ['answer too late, sent', { acts: true, hears: late, seconds: LONG }],
];

const looks: readonly Named[] = [
  ['busy', busy],
  ['busy for long', busy, 9],
  ['busy, for good', busy, 0],
  ['not known yet', unknown, 2],
  ['refused', refusal('Ssm.InvalidCommandIdException', 'null')],
];

const calls: readonly Named[] = [
  ...scripted,
  ['throttled', { acts: false, hears: { error: 'Lambda.TooManyRequestsException', message: '' } }],
  [
    'throttled, for good',
    { acts: false, hears: { error: 'Lambda.TooManyRequestsException', message: '' } },
    0,
  ],
  [
    'answer lost, not called',
    { acts: false, hears: { ...lost, error: 'Lambda.SdkClientException' } },
  ],
  [
    'answer lost, called',
    { acts: true, hears: { ...lost, error: 'Lambda.SdkClientException' }, seconds: LONG },
  ],
];

/** It says that it has stopped what goes on, and the array sees that it has not. */
const LIE: Named = ['lies', { acts: true, outcome: 'a lie' }];

const kinds: Readonly<Record<string, HostFault['kind']>> = {
  'Send Command': 'send',
  'Send Command To Tags': 'send',
  'Look At Instance': 'look',
  'Look At Command': 'look',
  'Look For Instances': 'look',
  'Call Function': 'call',
};
const effects: Readonly<Record<HostFault['kind'], readonly Named[]>> = {
  send: sendings,
  look: looks,
  call: calls,
};

/** Whether a state is one of those that call hooks, or of those between them. */
export const isOfHooks = (state: string): boolean => state === 'Follow Hooks' || state in kinds;

/** All that may happen at a step that speaks to hosts, or says what is to be said to them. */
export const hookTroublesOf = ({ place: { state, document } }: CourseStep): Draft[] => {
  if (state === 'Follow Hooks') return [...cutOffs];
  const kind = kinds[state];
  if (!kind) return [];
  const { name } = Object(document).hook;
  const what = `hook ${name}`;
  const faults = [...effects[kind], ...(name === 'stop' && kind !== 'look' ? [LIE] : [])];
  return [
    ...faults.map(
      ([effect, fault, times = 1]): Draft => ({
        name: `${what} / ${effect}`,
        trouble: { kind: 'hook', fault: { kind, times, ...fault } },
      }),
    ),
    ...aborts(what, kind),
  ];
};

/** The execution is over before, or when its request is under way. */
const aborts = (what: string, kind: HostFault['kind']): Draft[] => {
  const moments: Readonly<Record<string, Effect>> = {
    'aborted before': { acts: false },
    ...(kind !== 'look' && {
      'aborted after': { acts: true },
      'aborted after, at work for long': { acts: true, seconds: LONG },
    }),
  };
  return Object.entries(moments).flatMap(([moment, effect]) =>
    Object.entries(followers).map(
      ([follower, how]): Draft => ({
        name: `${what} / ${moment}, ${follower}`,
        trouble: { kind: 'hook', fault: { kind, times: 1, ...effect, hears: 'abort' } },
        ...how,
      }),
    ),
  );
};

const followers: Readonly<Record<string, Partial<Draft>>> = {
  recovered: { follower: 'recovery' },
  'recovered and refreshed anew': { follower: 'refresh', isPatient: true },
  'refreshed anew and recovered late': { follower: 'refresh', isPatient: false },
};

/** Once, and as often as the machine tries. */
const cutOffs: readonly Draft[] = [1, retries.persistent.maxAttempts + 1].flatMap((times) =>
  (['before', 'after'] as const).map(
    (moment): Draft => ({
      name: `cut off ${moment} acting${times === 1 ? '' : ', each time'}`,
      trouble: { kind: 'cut off', times, moment },
    }),
  ),
);
