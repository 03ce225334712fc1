import { describe, expect, it } from 'vitest';
import { type Manifest, manifestSchema } from '../../lambda/refresh/manifest.ts';
import { call } from './command-line.ts';
import { EXCLUDED, groups, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

const examine = async (change: object = {}, ...args: readonly string[]) => {
  const document = { ...example.credentials, ...groups, excluded_volumes: EXCLUDED, ...change };
  const file = await example.configure(document);
  const ended = await call(example.folder, ['-f', file, '--doctor', ...args]);
  expect(ended.stdout + ended.stderr).not.toContain(example.array.api_token);
  expect(example.mutations()).toEqual([]);
  return ended;
};

const resultsOf = ({ doctor }: Manifest) =>
  doctor.filter(({ result }) => result !== 'PASS').map(({ check, result }) => [check, result]);

describe('--doctor', () => {
  it('shows each check in a table and ends with 0 where none failed, with warnings and remedies', async () => {
    const { code, stdout } = await examine({ execute: 'True' });

    expect(code).toBe(0);
    expect(stdout).toMatch(/source certificate │ PASS +│ .* valid for 89 more days/);
    // The worked example speaks REST 2.26.
    expect(stdout).toMatch(/source version +│ WARN/);
    expect(stdout).toContain('What to do: Upgrade Purity');
    expect(stdout).toMatch(/pairs +│ PASS +│ Each of 4 source volumes has its target\./);
    expect(stdout).toContain('nothing is in the way, 1 with a warning. Nothing was changed.');
    expect(stdout).not.toContain('This executes it');
  });

  it('ends with 1 where one failed, and says so', async () => {
    const { code, stdout } = await examine({ excluded_volumes: [] });

    expect(code).toBe(1);
    expect(stdout).toMatch(/pairs +│ FAIL/);
    expect(stdout).toMatch(/FAILED: DoctorFound\n1 of 18 checks failed\. pairs: /);
  });

  it('looks at the groups of the options', async () => {
    const { code, stdout } = await examine({}, '-t', 'nowhere-pg', '--json');

    expect(code).toBe(1);
    const manifest = manifestSchema.parse(JSON.parse(stdout));
    expect(manifest).toMatchObject({ status: 'FAILED', mode: 'doctor', target: 'untouched' });
    expect(resultsOf(manifest)).toEqual([
      ['source version', 'WARN'],
      ['target group', 'FAIL'],
    ]);
  });

  it('finds a token that is not accepted, and shows it nowhere', async () => {
    const { code, stdout, stderr } = await examine({ src_flash_array_api_token: 'wrong-token' });

    expect(code).toBe(1);
    expect(stdout).toMatch(/source token +│ FAIL/);
    expect(stdout + stderr).not.toContain('wrong-token');
  });

  it('without a file looks at the worked example, which is well', async () => {
    const { code, stdout } = await call(example.folder, ['--doctor', '--json']);

    expect(code).toBe(0);
    const manifest = manifestSchema.parse(JSON.parse(stdout));
    expect(manifest.status).toBe('CHECKED');
    expect(resultsOf(manifest)).toEqual([]);
  });

  it('finds that hooks may be called, in the example that has some', async () => {
    const { code, stdout } = await call(example.folder, ['--doctor', '--demo', 'hooks']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/hooks +│ PASS/);
  });

  it('finds a hook whose program this machine lacks, and passes over those that it has', async () => {
    const there = { command: ['sh', '-c', ':'] };
    const lacking = { name: 'mask', command: ['/no/such/program'] };

    expect((await examine({ hooks: { after_overwrite: [there] } })).stdout).toMatch(
      /hooks +│ PASS/,
    );
    const { code, stdout } = await examine(
      { hooks: { after_overwrite: [there, lacking] } },
      '--json',
    );

    expect(code).toBe(1);
    const { doctor } = manifestSchema.parse(JSON.parse(stdout));
    expect(doctor.find(({ check }) => check === 'hooks')).toMatchObject({
      result: 'FAIL',
      message: expect.stringContaining('("mask") that calls "/no/such/program"'),
      remedy: expect.any(String),
    });
  });

  it('knows whether databases are spoken to, and leaves this one alone', async () => {
    const { code, stdout } = await call(example.folder, ['--doctor', '-b']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/database +│ PASS/);
  });

  it.each([
    ['-x'],
    ['--undo'],
    ['--recover', 'run-1'],
    ['--expect-plan', `sha256:${'0'.repeat(64)}`],
  ])('cannot go with %s: exit 2', async (...args) => {
    const { code, stderr, stdout } = await call(example.folder, ['--doctor', ...args]);

    expect(code).toBe(2);
    expect(stderr).toContain(args[0]);
    expect(stderr).toContain('--doctor only looks');
    expect(stdout).toBe('');
  });
});
