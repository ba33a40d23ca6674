/** The daily call that deletes what is old, over a store that answers as the test says. */
import type { MockActivityEnvironment } from '@temporalio/testing';
import { makePrune } from '../../activities/prune';
import type { Retention } from '../../config';
import type { Pruned, RetentionStore, Store } from '../../store';
import { quietActivity } from '../support/quiet-activity';

const dayMs = 86_400_000;
const forEver: Retention = { ledger: null, records: null, logs: null, audit: null };
const none: Pruned = { ledger: 0, records: 0, logs: 0, audit: 0, backfills: 0 };

interface Call {
  limits: Parameters<RetentionStore['prune']>[0];
  batch: number;
}

/** Runs the activity once; the store gives these answers, then that nothing is left. */
async function run(
  answers: Partial<Pruned>[],
  retention: Partial<Retention> = {},
  bounds?: Parameters<typeof makePrune>[1],
  onCall: (env: MockActivityEnvironment) => void = () => undefined,
) {
  const calls: Call[] = [];
  const heartbeats: unknown[] = [];
  const env = quietActivity();
  env.on('heartbeat', (details) => heartbeats.push(details));
  const prune: RetentionStore['prune'] = async (limits, batch) => {
    calls.push({ limits, batch });
    onCall(env);
    return { ...none, ...answers.shift() };
  };
  const tasks = { recurring: async () => [] as unknown[] };
  const store = { retention: { prune }, tasks } as unknown as Store;
  const activity = makePrune({ store, retention: { ...forEver, ...retention } }, bounds);
  const { deleted }: { deleted: number } = await env.run(activity);
  return { deleted, calls, heartbeats };
}

test('deletes batch after batch until nothing is left, and says so as it goes', async () => {
  const answers = [{ ledger: 5_000, audit: 7 }, { logs: 3 }, { records: 1 }];
  const { deleted, calls, heartbeats } = await run(answers);
  expect(deleted).toBe(5_011);
  expect(calls.map(({ batch }) => batch)).toEqual([5_000, 5_000, 5_000, 5_000]);
  expect(heartbeats).toEqual([{ deleted: 5_007 }, { deleted: 5_010 }, { deleted: 5_011 }]);
});

test('leaves the rest to the next day when its time is over', async () => {
  const endless = Array<Partial<Pruned>>(100).fill({ ledger: 2 });
  const { deleted, calls } = await run(endless, {}, { batch: 2, forMs: 0 });
  expect({ deleted, calls: calls.length }).toEqual({ deleted: 2, calls: 1 });
});

test('leaves the rest to the next call when the worker ends', async () => {
  const endless = Array<Partial<Pruned>>(100).fill({ ledger: 2 });
  const { deleted } = await run(endless, {}, undefined, (env) => env.cancel('WORKER_SHUTDOWN'));
  expect(deleted).toBe(2);
});

test('counts the days of each kind back from now, and leaves alone what has none', async () => {
  const before = Date.now();
  const { calls } = await run([], { ledger: 1, records: 30, audit: 36_500 });
  const after = Date.now();
  const { ledger, records, logs, audit, backfills } = calls[0]!.limits;
  expect(logs).toBeNull();
  expect(backfills).toEqual(records);
  for (const [limit, days] of [
    [ledger, 1] as const,
    [records, 30] as const,
    [audit, 36_500] as const,
  ]) {
    expect(limit!.getTime()).toBeGreaterThanOrEqual(before - days * dayMs);
    expect(limit!.getTime()).toBeLessThanOrEqual(after - days * dayMs);
  }
});

test('a store that is away fails the call, which is then made again', async () => {
  const away = () => {
    throw new Error('the store is away');
  };
  await expect(run([], {}, undefined, away)).rejects.toThrow('the store is away');
});
