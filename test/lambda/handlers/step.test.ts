import { describe, expect, it } from 'vitest';
import { step } from '../../../lambda/handlers/step.ts';
import { rejectionOf } from '../support/refusals.ts';

const run = { id: 'nightly-1', execution: 'arn', started: '2026-11-24T01:00:00.000Z' };

describe('the step function', () => {
  it.each<[string, unknown, string]>([
    ['nothing', undefined, 'the document: expected an object, found nothing'],
    ['an event of the bus', { source: 'aws.s3', detail: {} }, 'unknown key "source"'],
    ['a step that there is not', { step: 'erase', run }, 'step: '],
    ['a step that every object has', { step: 'toString', run }, 'step: '],
    ['no run', { step: 'prepare' }, 'run: expected an object, found nothing'],
    [
      'a run without an id',
      { step: 'prepare', run: { ...run, id: '' } },
      'run.id: expected some text',
    ],
    [
      'a run that began at no time',
      { step: 'prepare', run: { ...run, started: 'now' } },
      'run.started: ',
    ],
    [
      'a lock that is no boolean',
      { step: 'prepare', run: { ...run, execute: 'true' } },
      'run.execute: ',
    ],
  ])('called with %s says what is wrong', async (_, event, problem) => {
    expect(await rejectionOf(step(event))).toMatchObject({
      name: 'InvalidStepInput',
      message: expect.stringContaining(problem),
      remedy: 'Start a run through the state machine; it calls this function.',
    });
  });
});
