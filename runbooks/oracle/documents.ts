import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { type Parameter, parameters } from './parameters.ts';

/**
 * The Systems Manager documents, made of the scripts beside this file: `node runbooks/oracle/documents.ts`.
 *
 * A parameter reaches its script as text between single quotes, which every version of the agent can do; therefore no
 * pattern lets a single quote or a line break in.
 */

type Topology = 'single' | 'rac';

const scripts = fileURLToPath(new URL('.', import.meta.url));
const read = (file: string) => readFileSync(`${scripts}${file}`, 'utf8').trimEnd();
const list = (folder: string) =>
  readdirSync(`${scripts}${folder}`)
    .sort()
    .map((file) => `${folder}/${file}`);

const declared = ({ description, pattern, default: value }: Parameter) => ({
  type: 'String',
  description,
  ...(value === undefined ? {} : { default: value }),
  ...(typeof pattern === 'string' ? { allowedPattern: pattern } : { allowedValues: pattern }),
});

/** The whole script of a topology: the values, the functions, the step. */
const script = (topology: Topology) =>
  [
    '#!/bin/bash',
    'set -euo pipefail',
    `export ${Object.entries(parameters)
      .map(([name, { variable }]) => `${variable}='{{ ${name} }}'`)
      .join(' \\\n  ')}`,
    ...[...list('lib'), `${topology}.sh`, ...list('steps')].map(read),
    'run_step',
    '',
  ].join('\n\n');

/** Schema 2.2 of Systems Manager's Command documents, as YAML. */
export const document = (topology: Topology) =>
  stringify(
    {
      schemaVersion: '2.2',
      description:
        topology === 'single'
          ? 'Refresh of an Oracle database of one instance: one step on its host'
          : 'Refresh of an Oracle RAC database: one step on one of its nodes',
      parameters: {
        ...Object.fromEntries(
          Object.entries(parameters).map(([name, parameter]) => [name, declared(parameter)]),
        ),
        ExecutionTimeout: {
          type: 'String',
          description: 'Seconds that the step may take',
          default: '1800',
          allowedPattern: '^[1-9][0-9]{1,4}$',
        },
      },
      mainSteps: [
        {
          action: 'aws:runShellScript',
          name: 'step',
          precondition: { StringEquals: ['platformType', 'Linux'] },
          inputs: { timeoutSeconds: '{{ ExecutionTimeout }}', runCommand: [script(topology)] },
        },
      ],
    },
    // Systems Manager reads YAML 1.1, in which yes and no without quotes are no strings.
    { lineWidth: 0, version: '1.1' },
  );

export const documentFile = (topology: Topology) => `${scripts}documents/${topology}.yaml`;

if (import.meta.main)
  for (const topology of ['single', 'rac'] as const)
    writeFileSync(documentFile(topology), document(topology));
