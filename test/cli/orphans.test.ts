import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { endOrphans, pidFileOf, type ChildName } from '../../cli/launcher/orphans';
import { identityOf, isAlive, type ProcessIdentity } from '../../cli/launcher/process-identity';

let dir = '';
const spawned: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'orphans-'));
  mkdirSync(path.join(dir, 'run'));
});
afterEach(async () => {
  for (const child of spawned.splice(0)) child.kill('SIGKILL');
  await rm(dir, { recursive: true, force: true });
});

/** A process that writes its name into the folder's `ended` when it is asked to end. */
async function leaveBehind(name: ChildName): Promise<ProcessIdentity> {
  const script = `
    const end = () => { require('fs').appendFileSync('ended', '${name} '); process.exit(0); };
    process.on('SIGTERM', end).on('SIGINT', end);
    setInterval(() => {}, 1e6);
    console.log('up');`;
  const child = spawn(process.execPath, ['-e', script], {
    cwd: dir,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  spawned.push(child);
  await once(child.stdout, 'data');
  const identity = identityOf(child.pid as number) as ProcessIdentity;
  writeFileSync(pidFileOf(dir, name), JSON.stringify(identity));
  return identity;
}

describe('what a killed start left running', () => {
  test('is ended in order: the server, then Temporal, then PostgreSQL', async () => {
    const left = [
      await leaveBehind('postgres'),
      await leaveBehind('temporal'),
      await leaveBehind('server'),
    ];
    const lines: string[] = [];
    await endOrphans(dir, (line) => lines.push(line));
    expect(readFileSync(path.join(dir, 'ended'), 'utf8')).toBe('server temporal postgres ');
    expect(left.filter(isAlive)).toEqual([]);
    expect(lines).toHaveLength(3);
    expect(existsSync(pidFileOf(dir, 'server'))).toBe(false);
  });

  test('is not mistaken for another process that has its pid now', async () => {
    const other = await leaveBehind('temporal');
    writeFileSync(pidFileOf(dir, 'temporal'), JSON.stringify({ ...other, startedAs: 'long ago' }));
    await endOrphans(dir, () => {});
    expect(isAlive(other)).toBe(true);
    expect(existsSync(pidFileOf(dir, 'temporal'))).toBe(false);
  });

  test('may have left a pid file that was never written to its end', async () => {
    writeFileSync(pidFileOf(dir, 'server'), '{"pid":');
    await endOrphans(dir, () => {});
    expect(existsSync(pidFileOf(dir, 'server'))).toBe(false);
  });
});
