import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LockedError, takeLock, type LockHolder } from '../../cli/launcher/file-lock';
import { identityOf, type ProcessIdentity } from '../../cli/launcher/process-identity';

let dir = '';
let file = '';
const self = identityOf(process.pid) as ProcessIdentity;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'file-lock-'));
  file = path.join(dir, 'lock');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function leaveLock(identity: ProcessIdentity): void {
  const holder: LockHolder = { identity, host: 'somewhere', boundTo: null, ending: false };
  writeFileSync(file, JSON.stringify(holder));
}

/** A process that tries to take the lock, says what came of it, and lives on. */
function startWanting() {
  const root = path.join(__dirname, '..', '..');
  const script = `
    const { takeLock } = require(${JSON.stringify(path.join(root, 'cli/launcher/file-lock.ts'))});
    setInterval(() => {}, 1e6);
    takeLock(${JSON.stringify(file)}).then(
      () => process.stdout.write('held'),
      () => process.stdout.write('refused'),
    );`;
  const fromSource = path.join(root, 'activities', 'jobs', 'from-source.cjs');
  return spawn(process.execPath, ['-r', fromSource, '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const holderNow = () => (JSON.parse(readFileSync(file, 'utf8')) as LockHolder).identity;

describe('a lock file', () => {
  test('is refused while its holder lives, naming it', async () => {
    const lock = await takeLock(file);
    const refusal = await takeLock(file).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LockedError);
    expect((refusal as LockedError).holder.identity.pid).toBe(process.pid);
    lock.release();
    expect(existsSync(file)).toBe(false);
    (await takeLock(file)).release();
  });

  test('of a dead process is taken over, its pid in use by another one or not', async () => {
    for (const dead of [
      { ...self, pid: 2 ** 22 },
      { ...self, startedAs: 'long ago' },
    ]) {
      leaveLock(dead);
      const lock = await takeLock(file);
      expect(holderNow()).toEqual(self);
      lock.release();
    }
  });

  test('that was left half written is taken over', async () => {
    writeFileSync(file, '{"identity":');
    const lock = await takeLock(file);
    expect(holderNow()).toEqual(self);
    lock.release();
  });

  test('of a dead process goes to exactly one of many who want it', async () => {
    leaveLock({ ...self, startedAs: 'long ago' });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => takeLock(file)));
    const held = outcomes.filter((outcome) => outcome.status === 'fulfilled');
    expect(held).toHaveLength(1);
    held[0]?.value.release();
  });

  test('of a dead process goes to exactly one of many processes that start at once', async () => {
    leaveLock({ ...self, startedAs: 'long ago' });
    const wanting = Array.from({ length: 6 }, () => startWanting());
    const said = await Promise.all(
      wanting.map(async ({ stdout }) => String(await once(stdout, 'data'))),
    );
    for (const child of wanting) child.kill('SIGKILL');
    expect(said.toSorted()).toEqual(['held', ...Array<string>(5).fill('refused')]);
  });

  test('of another machine is refused while it shows signs of life', async () => {
    leaveLock({ ...self, place: 'another machine' });
    let tick = 0;
    const life = setInterval(() => utimesSync(file, new Date(), new Date(++tick * 1000)), 50);
    await expect(takeLock(file)).rejects.toThrow(/is held by process \d+ on somewhere/);
    clearInterval(life);
  });

  test('of another machine is taken over when it shows none', async () => {
    leaveLock({ ...self, place: 'another machine' });
    const lock = await takeLock(file, null, { silentForMs: 200 });
    expect(holderNow()).toEqual(self);
    lock.release();
  });

  test('tells that its holder is about to end', async () => {
    const lock = await takeLock(file);
    lock.announceEnd();
    const refusal = await takeLock(file).catch((error: unknown) => error);
    expect((refusal as LockedError).holder.ending).toBe(true);
    lock.release();
    expect(existsSync(file)).toBe(false);
  });

  test('is not removed by a former holder whom somebody took for dead', async () => {
    const former = await takeLock(file);
    leaveLock({ ...self, place: 'another machine' });
    former.release();
    expect(existsSync(file)).toBe(true);
  });
});
