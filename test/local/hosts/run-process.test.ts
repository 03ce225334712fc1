import { describe, expect, it } from 'vitest';
import { type Program, runProcess } from '../../../local/hosts/run-process.ts';

const environment = { PATH: process.env['PATH'], REFRESH_RUN: 'nightly-1' };
const run = (argv: readonly string[], more: Partial<Program> = {}) =>
  runProcess({ argv, environment, timeoutSeconds: 60, keeps: 'end', ...more });
const shell = (script: string, more: Partial<Program> = {}) => run(['/bin/sh', '-c', script], more);

describe('a process', () => {
  it.each([
    ['exit 0', 0],
    ['exit 3', 3],
    ['kill -9 $$', null],
  ])('%s ends with %s', async (script, code) => {
    expect(await shell(script).end).toMatchObject({ code, timedOut: false });
  });

  it('has its environment and nothing of ours, no input, and two outputs', async () => {
    const script = 'echo "$REFRESH_RUN:$HOME"; cat; echo "no" >&2';

    expect(await shell(script).end).toEqual({
      code: 0,
      timedOut: false,
      output: 'nightly-1:\n',
      errors: 'no\n',
    });
  });

  it('gets its arguments as they are', async () => {
    const odd = ["it's", '$HOME', '`id`', 'a b', ''];

    expect((await run(['printf', '%s|', ...odd]).end).output).toBe(`${odd.join('|')}|`);
  });

  it('that is not there ends with 127, and says why', async () => {
    const { code, errors } = await run(['/no/such/program']).end;

    expect(code).toBe(127);
    expect(errors).toContain('ENOENT');
  });

  it.each<[Program['keeps'], RegExp]>([
    ['beginning', /^first.*x$/s],
    ['end', /^x.*last\n$/s],
  ])('that writes a megabyte is kept at its %s', async (keeps, shown) => {
    const script = 'echo first; head -c 1000000 /dev/zero | tr "\\0" x; echo; echo last';
    const { output, code } = await shell(script, { keeps }).end;

    expect(code).toBe(0);
    expect(output).toHaveLength(24_000);
    expect(output).toMatch(shown);
  });
});

describe('a process that takes too long', () => {
  it('is ended with all that it has started: a child would hold its output open', async () => {
    const { code, timedOut } = await shell('sleep 600 & wait', { timeoutSeconds: 0.1 }).end;

    expect([code, timedOut]).toEqual([null, true]);
  });

  it('may tidy up when it is asked to end', async () => {
    const script = 'trap "echo tidied; exit 4" TERM; sleep 600 & wait';

    expect(await shell(script, { timeoutSeconds: 1 }).end).toMatchObject({
      code: 4,
      timedOut: true,
      output: 'tidied\n',
    });
  });
});

it('one that is killed is gone with all that it has started', async () => {
  const running = shell('sleep 600 & wait');
  running.kill();
  const { code, timedOut } = await running.end;

  expect([code, timedOut]).toEqual([null, false]);
  // It has ended: that changes nothing any more.
  running.kill();
});
