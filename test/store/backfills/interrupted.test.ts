/** Work on a plan that takes several transactions, and breaks off after any of its statements. */
import { Client } from 'pg';
import type { BackfillStep } from '../../../store';
import { atOnce } from '../../../store/backfills/statement';
import { openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, ended, endsOf, handedOut, newBackfill, type Driven } from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());
beforeEach(() => {
  jest.replaceProperty(atOnce, 'rows', 2);
  jest.replaceProperty(atOnce, 'untold', 2);
});
afterEach(() => jest.restoreAllMocks());

/**
 * A good and a bad one that others need, with a chain behind one of these. The good one has others to
 * tell first, so that it is behind the bad one in telling them.
 */
async function start(): Promise<Driven> {
  const first = [cell('good', 0), cell('bad', 0), cell('beside', 1, [0]), cell('beside', 2, [0])];
  const both = [1, 2, 3].map((nr) => cell('each', nr, [0, 1]));
  const behind = [cell('chain', 1, [4]), cell('chain', 2, [7])];
  const backfill = await drive(opened.store, newBackfill([...first, ...both, ...behind]));
  await backfill.step();
  return backfill;
}

/** Runs `work`, whose statements are refused from one on. @returns whether it was broken off */
async function breakOff(statements: number, work: () => Promise<unknown>): Promise<boolean> {
  const send = Client.prototype.query as (...args: unknown[]) => unknown;
  let left = statements;
  const spy = jest.spyOn(Client.prototype, 'query').mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    if (args[0] === 'rollback') return send.apply(this, args);
    left -= 1;
    return left < 0 ? Promise.reject(new Error('broken off')) : send.apply(this, args);
  } as never);
  try {
    await work();
    return false;
  } catch (error) {
    if (!String(error).includes('broken off')) throw error;
    return true;
  } finally {
    spy.mockRestore();
  }
}

/** Does it anew, broken off one statement later each time, until it is not broken off any more. */
async function atEveryStatement(look: (statements: number) => Promise<boolean>): Promise<void> {
  let statements = 0;
  while (await look(statements)) statements += 1;
  // It took several transactions.
  expect(statements).toBeGreaterThan(20);
}

/**
 * Lets all succeed that is handed out, from a step on.
 * @returns what that was, in order, without what needs the good one only
 */
async function finish(backfill: Driven, first: BackfillStep): Promise<string[]> {
  const handed: string[] = [];
  for (let step = first; ; step = await backfill.step(...endsOf(step))) {
    handed.push(...handedOut(step).filter((name) => !name.startsWith('beside')));
    if (step.taken.length === 0) return handed;
  }
}

const each = ['each@1', 'each@2', 'each@3'];
const chain = ['chain@1', 'chain@2'];
const ends = [ended('good', 0), ended('bad', 0, 'failed')];

/** The states of what needs the bad one, also by way of others. */
async function statesBehind(backfill: Driven): Promise<Set<string | undefined>> {
  const states = await backfill.states();
  return new Set([...each, ...chain].map((name) => states[name]));
}

test('a step that is taken again blocks all that needs what failed', () =>
  atEveryStatement(async (statements) => {
    const backfill = await start();
    const isBroken = await breakOff(statements, () => backfill.step(...ends));
    if (isBroken) await backfill.again(...ends);
    expect(await backfill.states()).toMatchObject({
      ...{ 'good@0': 'succeeded', 'bad@0': 'failed', 'beside@1': 'running' },
    });
    expect(await statesBehind(backfill)).toEqual(new Set(['blocked']));
    return isBroken;
  }));

test('what is retried in the middle of a step runs once, after all that it needs', () =>
  atEveryStatement(async (statements) => {
    const backfill = await start();
    const { tenant, id } = backfill;
    const retry = () => opened.store.backfills.retry(tenant, id);
    const isBroken = await breakOff(statements, () => backfill.step(...ends));
    await retry();
    const handed = await finish(backfill, await backfill.again(...ends));
    if ((await retry()) > 0) handed.push(...(await finish(backfill, await backfill.step())));
    expect(handed).toEqual(['bad@0', ...each, ...chain]);
    expect(await backfill.status()).toBe('succeeded');
    return isBroken;
  }));

test('a retry that is called again takes up all that went wrong', () =>
  atEveryStatement(async (statements) => {
    const backfill = await start();
    const { tenant, id } = backfill;
    await finish(backfill, await backfill.step(...ends));
    expect(await backfill.status()).toBe('failed');
    const retry = () => opened.store.backfills.retry(tenant, id);
    const isBroken = await breakOff(statements, retry);
    if (isBroken) await retry();
    const handed = await finish(backfill, await backfill.step());
    expect(handed).toEqual(['bad@0', ...each, ...chain]);
    expect(await backfill.status()).toBe('succeeded');
    return isBroken;
  }));

test('a task that is dropped again takes with it all that needs it', () =>
  atEveryStatement(async (statements) => {
    const backfill = await start();
    const { tenant, id } = backfill;
    const drop = () => opened.store.backfills.dropTask(tenant, id, 'bad');
    const isBroken = await breakOff(statements, drop);
    if (isBroken) await drop();
    expect(await backfill.states()).toMatchObject({ 'good@0': 'running', 'bad@0': 'dropped' });
    expect(await statesBehind(backfill)).toEqual(new Set(['blocked']));
    return isBroken;
  }));

test('a task that is detached again lets go of all that needed it, also where that was blocked', () =>
  atEveryStatement(async (statements) => {
    const backfill = await start();
    const detach = () => opened.store.backfills.detachTask(backfill.tenant, 'bad');
    await backfill.step(...ends);
    const isBroken = await breakOff(statements, detach);
    if (isBroken) await detach();
    expect(await finish(backfill, await backfill.step())).toEqual([...each, ...chain]);
    return isBroken;
  }));
