import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { document, documentFile } from '../../../runbooks/oracle/documents.ts';
import { Hosts } from './support/hosts.ts';
import type { Topology } from './support/world.ts';

interface Parameter {
  default?: string;
  allowedPattern?: string;
  allowedValues?: string[];
}
interface Document {
  parameters: Record<string, Parameter>;
  mainSteps: { inputs: { timeoutSeconds: string; runCommand: string[] } }[];
}

const topologies: Topology[] = ['single', 'rac'];
const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

const read = (topology: Topology) => {
  const { parameters, mainSteps }: Document = parse(readFileSync(documentFile(topology), 'utf8'));
  return { parameters, script: mainSteps[0]?.inputs.runCommand[0] ?? '' };
};

describe.each(topologies)('the document of %s', (topology) => {
  it('is what the scripts make', () => {
    expect(readFileSync(documentFile(topology), 'utf8'), 'npm run runbooks').toBe(
      document(topology),
    );
  });

  it('reads the same as YAML 1.1, in which yes and no without quotes are no strings', () => {
    const text = readFileSync(documentFile(topology), 'utf8');

    expect(parse(text, { version: '1.1' })).toEqual(parse(text));
  });

  it('has room in Systems Manager, which takes 64 KB', () => {
    expect(Buffer.byteLength(document(topology))).toBeLessThan(64 * 1024);
  });

  it('begins with its shell, and has only parameters in double braces', () => {
    const { parameters, script } = read(topology);

    expect(script).toMatch(/^#!\/bin\/bash\n/);
    const used = [...script.matchAll(/\{\{(.*?)\}\}/g)].map(([, name]) => name?.trim());
    expect([...used, 'ExecutionTimeout'].sort()).toEqual(Object.keys(parameters).sort());
  });

  it('lets nothing end the quotes that a parameter stands in, and its defaults are allowed', () => {
    const { parameters } = read(topology);
    for (const [name, { allowedPattern, allowedValues, default: value }] of Object.entries(
      parameters,
    )) {
      if (allowedPattern === undefined) {
        expect(allowedValues, name).not.toHaveLength(0);
        continue;
      }
      const pattern = new RegExp(allowedPattern);
      for (const bad of ["'", "a'b", '/a\nb', "[']", '$(id)', '`id`', '/a;b'])
        expect(pattern.test(bad), `${name}: ${bad}`).toBe(false);
      if (value !== undefined) expect(value, name).toMatch(pattern);
    }
  });

  it('runs a step with each tool as a process of its own', async () => {
    const hosts = new Hosts(topology);
    const { parameters, script } = read(topology);
    const given = hosts.environment;
    const filled = script.replaceAll(
      /([A-Z_]+)='\{\{ (\w+) \}\}'/g,
      (_, variable: string, name: string) => {
        const { allowedPattern, default: fallback } = parameters[name] ?? {};
        const value = name === 'Step' ? 'stop' : (given[variable] ?? fallback ?? '');
        if (allowedPattern) expect(value, name).toMatch(new RegExp(allowedPattern));
        return `${variable}='${value}'`;
      },
    );

    const { code, output } = await hosts.runScript(filled);

    expect(output).toContain('nothing runs, nothing is mounted');
    expect(code).toBe(0);
  });

  it.skipIf(!shellcheck)(
    `has a script that shellcheck is content with${shellcheck ? '' : ': it is not on the PATH'}`,
    () => {
      const { stdout } = spawnSync('shellcheck', ['-'], { input: read(topology).script });

      expect(`${stdout}`).toBe('');
    },
  );
});
