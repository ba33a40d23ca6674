import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startChild } from '../../cli/launcher/child';
import { isAlive, identityOf, type ProcessIdentity } from '../../cli/launcher/process-identity';
import { supervise, type SuperviseOptions } from '../../cli/launcher/supervise';

let dir = '';
let lines: string[] = [];
/** Settles with the pid of the n-th child once it was started. */
let pids: number[] = [];
let onStart: () => void = () => {};

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'supervise-'));
  lines = [];
  pids = [];
  onStart = () => {};
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const sleeper = 'setInterval(() => {}, 1e6)';

function options(script: string, more: Partial<SuperviseOptions> = {}): SuperviseOptions {
  return {
    name: 'The child',
    start: async () => {
      const child = await startChild({
        name: 'The child',
        command: process.execPath,
        args: ['-e', script],
        env: process.env,
        logFile: path.join(dir, 'child.log'),
      });
      pids.push(child.pid);
      onStart();
      return child;
    },
    howToEnd: { signal: 'SIGTERM', graceMs: 5_000, fastSignal: 'SIGKILL' },
    log: (line) => lines.push(line),
    backOffMs: [1],
    ...more,
  };
}

/** Settles when this many children were started in all. */
function started(count: number): Promise<void> {
  return new Promise((resolve) => {
    onStart = () => pids.length >= count && resolve();
    onStart();
  });
}

const identity = (pid: number) => identityOf(pid) as ProcessIdentity;

describe('a supervised child', () => {
  test('is started again when it is killed', async () => {
    const kept = await supervise(options(sleeper));
    process.kill(kept.pid() as number, 'SIGKILL');
    await started(2);
    expect(lines[0]).toMatch(/^The child ended unexpectedly \(signal SIGKILL\), see .*child\.log$/);
    await kept.stop(false);
    expect(kept.pid()).toBeNull();
  });

  test('is started again however often it ends, and its ends in a row are counted', async () => {
    const counts: number[] = [];
    const onUnexpectedEnd = (_: unknown, __: unknown, inARow: number) => counts.push(inARow);
    const kept = await supervise(options('process.exit(3)', { onUnexpectedEnd }));
    await started(4);
    await kept.stop(false);
    expect(counts.slice(0, 3)).toEqual([1, 2, 3]);
    expect(lines[0]).toContain('(code 3)');
  });

  test('is started again after a start that failed', async () => {
    let failures = 2;
    const base = options(sleeper);
    const kept = await supervise({
      ...base,
      start: (signal) => {
        if (pids.length > 0 && failures-- > 0) return Promise.reject(new Error('no room'));
        return base.start(signal);
      },
    });
    process.kill(kept.pid() as number, 'SIGKILL');
    await started(2);
    await kept.stop(false);
    expect(lines.filter((line) => line.endsWith('cannot be started again: no room'))).toHaveLength(
      2,
    );
  });

  test('stays ended once it was stopped', async () => {
    const kept = await supervise(options(sleeper));
    const child = identity(kept.pid() as number);
    await kept.stop(false);
    expect(isAlive(child)).toBe(false);
    expect(pids).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test('that does not listen is killed by a fast stop during a slow one', async () => {
    const deaf = `process.on('SIGTERM', () => {}); ${sleeper}`;
    const slow = { signal: 'SIGTERM', graceMs: 600_000, fastSignal: 'SIGKILL' } as const;
    const kept = await supervise(options(deaf, { howToEnd: slow }));
    const stopping = kept.stop(false);
    await kept.stop(true);
    await stopping;
    expect(kept.pid()).toBeNull();
  });

  test('is replaced on request, without being counted as an unexpected end', async () => {
    const kept = await supervise(options(sleeper));
    await kept.restart();
    await started(2);
    expect(pids[0]).not.toBe(pids[1]);
    expect(lines.join('\n')).not.toContain('unexpectedly');
    await kept.stop(false);
  });

  test('is ended too when its start was under way as the stop came', async () => {
    const base = options(sleeper);
    let stopped = () => {};
    const stop = new Promise<void>((resolve) => (stopped = resolve));
    const kept = await supervise({
      ...base,
      start: async (signal) => {
        const child = await base.start(signal);
        if (pids.length === 2) void kept.stop(false).then(stopped);
        return child;
      },
    });
    process.kill(pids[0] as number, 'SIGKILL');
    await stop;
    expect(identityOf(pids[1] as number)).toBeNull();
  });

  test('fails its first start loudly', async () => {
    const start = () => Promise.reject(new Error('no such program'));
    await expect(supervise(options('', { start }))).rejects.toThrow('no such program');
  });
});

test('a program that is not there is told by name', async () => {
  const start = startChild({
    name: 'The child',
    command: path.join(dir, 'nothing'),
    args: [],
    env: {},
    logFile: path.join(dir, 'child.log'),
  });
  await expect(start).rejects.toThrow(/The child cannot be started: .*ENOENT/);
});
