import type { CommandDocument } from './command-document.ts';

/** Where the database of the worked example runs, and the document that speaks to it. */
export const DEMO_HOST = 'i-0de0de0de0de0de01';
export const DEMO_DOCUMENT = 'stand-in-database';

const call = (name: string, Action: string, more: object = {}) => ({
  name,
  ssm: {
    document: DEMO_DOCUMENT,
    instances: [DEMO_HOST],
    parameters: { Action: [Action], ...more },
  },
  timeout_minutes: 5,
});

/** The hooks of the worked example: what the database on the target needs. */
export const hooks = {
  before_overwrite: [
    { ...call('stop the database', 'stop'), on_abort: call('start it as it was', 'start') },
  ],
  after_overwrite: [
    call('find the devices again', 'rescan', { Pairs: ['{REFRESH_PAIRS}'] }),
    call('start the database', 'start'),
  ],
};

/** A Command document, as one writes it for Systems Manager. */
export const demoDocument: CommandDocument = {
  schemaVersion: '2.2',
  parameters: {
    Action: { type: 'String', allowedValues: ['stop', 'start', 'rescan'] },
    Pairs: { type: 'String', default: '[]' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'standIn',
      inputs: {
        timeoutSeconds: 300,
        runCommand: ['#!/bin/sh', `PAIRS='{{ Pairs }}' exec "$NODE" "$STAND_IN" '{{ Action }}'`],
      },
    },
  ],
};
