import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Manifest, manifestSchema } from '../../lambda/refresh/manifest.ts';
import { type Finished, launch, call as refresh } from './command-line.ts';
import { EXCLUDED, groups, useWorkedExample } from './worked-example.ts';

const example = useWorkedExample();

/** A process that writes its name to the diary, and then does what `script` says. */
const call = (name: string, script = ':', more: object = {}) => ({
  name,
  command: ['sh', '-c', `echo ${name} $REFRESH_POINT >> "$HOME/diary"; ${script}`],
  ...more,
});
const hooks = {
  before_overwrite: [call('stop', ':', { on_abort: call('start') })],
  after_overwrite: [call('mask'), call('open')],
  on_failure: [call('tell')],
};
const ready = (more: object = {}) =>
  example.configure({
    ...example.credentials,
    ...groups,
    excluded_volumes: EXCLUDED,
    hooks: { ...hooks, ...more },
  });
const diary = async (): Promise<string[]> =>
  (await readFile(join(example.folder, 'diary'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
const manifestOf = ({ stdout }: Finished): Manifest => manifestSchema.parse(JSON.parse(stdout));

describe('hooks on the command line', () => {
  it('are processes of this machine, told of the run and nothing of its tokens', async () => {
    const script = 'env > "$HOME/env"; cat "$REFRESH_MANIFEST"';
    const file = await ready({ after_overwrite: [call('mask', script)] });

    const ended = await refresh(example.folder, ['-f', file, '-x', '--json'], {
      API_TOKEN: 'canary-token',
    });

    expect(ended.code).toBe(0);
    expect(await diary()).toEqual(['stop before_overwrite', 'mask after_overwrite']);
    const manifest = manifestOf(ended);
    expect(manifest.hooks).toMatchObject([
      { name: 'stop', kind: 'command', status: 'SUCCEEDED', results: [{ instance: null }] },
      { name: 'mask', kind: 'command', status: 'SUCCEEDED' },
    ]);
    expect(manifest.hooks[1]?.results[0]?.output).toContain('"steps"');
    const environment = await readFile(join(example.folder, 'env'), 'utf8');
    expect(environment).toContain(`REFRESH_RUN=${manifest.run}`);
    expect(environment).toMatch(/REFRESH_MANIFEST=\/.+\/manifests\/.+\.json/);
    expect(environment).not.toContain('canary-token');
    expect(environment).not.toContain(example.array.api_token);
  });

  it('are listed by a dry run, which calls none', async () => {
    const { code, stdout } = await refresh(example.folder, ['-f', await ready()]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/stop +│ before_overwrite │ sh +│ +│ PLANNED/);
    expect(stdout).toMatch(/tell +│ on_failure +│ sh +│ +│ PLANNED/);
    expect(await diary()).toEqual([]);
    expect(example.mutations()).toEqual([]);
  });

  it('end with 1 where one fails, with the target as it was', async () => {
    const before = example.contents();
    const stop = call('stop', 'echo no such database >&2; exit 4', { on_abort: call('start') });
    const file = await ready({ before_overwrite: [stop] });

    const { code, stdout } = await refresh(example.folder, ['-f', file, '-x']);

    expect(code).toBe(1);
    expect(stdout).toContain('FAILED: HookFailed');
    expect(stdout).toContain('exit code 4: no such database');
    expect(await diary()).toEqual(['stop before_overwrite', 'start on_abort', 'tell on_failure']);
    expect(example.contents()).toEqual(before);
  });

  it('whose program is not there are refused with 2, and a dry run says so', async () => {
    const file = await ready({ after_overwrite: [{ command: ['no-such-program'] }] });

    const planned = await refresh(example.folder, ['-f', file]);
    const { code, stdout } = await refresh(example.folder, ['-f', file, '-x']);

    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('an execution would be refused');
    expect(code).toBe(2);
    expect(stdout).toContain('hooks.after_overwrite[0] that calls "no-such-program"');
    expect(example.mutations()).toEqual([]);
  });

  it('that need AWS are refused with 2', async () => {
    const ssm = { document: 'refresh-oracle', instances: ['i-0123456789abcdef0'] };
    const file = await ready({ before_overwrite: [{ ssm }] });

    const { code, stdout } = await refresh(example.folder, ['-f', file, '-x']);

    expect(code).toBe(2);
    expect(stdout).toContain('hooks.before_overwrite[0] that needs AWS');
    expect(example.mutations()).toEqual([]);
  });

  it('come to their end after Ctrl-C, and what was stopped is started again', async () => {
    const before = example.contents();
    const wait = 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done';
    const stop = call('stop', wait, { on_abort: call('start') });
    const file = await ready({ before_overwrite: [stop, call('unmount')] });
    const running = launch(example.folder, ['-f', file, '-x', '--json']);
    await running.shows('Hook before_overwrite: stop …');

    running.process.kill('SIGINT');
    await running.shows('comes to its end first');
    await writeFile(join(example.folder, 'go'), '');
    const ended = await running.finished;

    expect(ended.code).toBe(1);
    expect(manifestOf(ended)).toMatchObject({
      status: 'FAILED',
      target: 'untouched',
      error: { name: 'Interrupted' },
    });
    expect(await diary()).toEqual(['stop before_overwrite', 'start on_abort', 'tell on_failure']);
    expect(example.contents()).toEqual(before);
  });

  it('goes on by itself after a second Ctrl-C, which says how to call what is left', async () => {
    const stop = call('stop', 'while [ ! -e "$HOME/go" ]; do sleep 0.05; done', {
      on_abort: call('start'),
      timeout_minutes: 1,
    });
    const file = await ready({ before_overwrite: [stop] });
    const running = launch(example.folder, ['-f', file, '-x']);
    await running.shows('Hook before_overwrite: stop …');
    running.process.kill('SIGINT');
    await running.shows('comes to its end first');
    const again = setInterval(() => running.process.kill('SIGINT'), 100);
    const { code, stderr } = await running.finished;
    clearInterval(again);
    await writeFile(join(example.folder, 'go'), '');

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /A hook may be at work at before_overwrite.+\n {2}npm start -- --recover \S+/,
    );
  });
});

describe('the worked example with hooks', () => {
  it('stops a database, refreshes under it, and starts it', async () => {
    const { code, stdout, stderr } = await refresh(example.folder, ['--demo', 'hooks']);

    expect(code).toBe(0);
    expect(stderr).toContain('✔ Hook before_overwrite: stop the database');
    expect(stdout).toContain('its host was told to: stop, rescan, start.');
    expect(stdout).not.toContain('DIFFERENT');
  });
});
