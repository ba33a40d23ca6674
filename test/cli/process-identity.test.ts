import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  endProcess,
  identityOf,
  isAlive,
  parseIdentity,
  waitForEnd,
  type ProcessIdentity,
} from '../../cli/launcher/process-identity';

/** A process that lives until it is killed, and its identity. */
async function startSleeper(script = 'setInterval(() => {}, 1e6)') {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up')`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return { child, identity: identityOf(child.pid as number) as ProcessIdentity };
}

describe('the identity of a process', () => {
  test('holds while the process lives and not after its end', async () => {
    const { child, identity } = await startSleeper();
    expect(isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isAlive(identity)).toBe(false);
    expect(identityOf(identity.pid)).toBeNull();
  });

  test('does not hold for another process with the same pid', () => {
    const self = identityOf(process.pid) as ProcessIdentity;
    expect(isAlive({ ...self, startedAs: `${self.startedAs}0` })).toBe(false);
  });

  test('does not hold for the same pid on another machine or in another container', () => {
    const self = identityOf(process.pid) as ProcessIdentity;
    expect(isAlive({ ...self, place: 'elsewhere' })).toBe(false);
  });

  test('survives being written and read, and is refused when it is none', () => {
    const self = identityOf(process.pid);
    expect(parseIdentity(JSON.parse(JSON.stringify(self)))).toEqual(self);
    expect(parseIdentity({ pid: 1 })).toBeNull();
    expect(parseIdentity(null)).toBeNull();
  });
});

describe('ending a process', () => {
  test('asks first', async () => {
    const { child, identity } = await startSleeper(
      "process.on('SIGTERM', () => process.exit(7)); setInterval(() => {}, 1e6)",
    );
    const ended = once(child, 'exit');
    await endProcess(identity, 'SIGTERM', 200_000);
    expect(await ended).toEqual([7, null]);
  });

  test('kills what does not listen', async () => {
    const { child, identity } = await startSleeper(
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6)",
    );
    const ended = once(child, 'exit');
    await endProcess(identity, 'SIGTERM', 100);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(await waitForEnd(identity, 0)).toBe(true);
  });
});
