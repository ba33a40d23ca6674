/** What is deleted when it is old enough, and what stays. */
import { Client } from 'pg';
import type { RunProjection } from '../../model/run';
import type { NeededRecords, RetentionStore } from '../../store';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { cell, newBackfill } from './support/plans';
import { sampleLine, sampleRun } from './support/samples';

let opened: OpenedStore;
let client: Client;
beforeEach(async () => {
  opened = await openTestStore();
  client = new Client({ connectionString: opened.url });
  await client.connect();
});
afterEach(async () => {
  await client.end();
  await opened.close();
});

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const at = (number: number) => day(number).toISOString();
const nothing = { ledger: null, records: null, logs: null, audit: null, backfills: null };
const none = { ledger: 0, records: 0, logs: 0, audit: 0, backfills: 0 };

const prune = (
  limits: Partial<Parameters<RetentionStore['prune']>[0]>,
  batch = 1_000,
  needed: NeededRecords[] = [],
) => opened.store.retention.prune({ ...nothing, ...limits }, batch, needed);

/** Values of one column, in order. */
async function values(column: string, table: string): Promise<string[]> {
  const { rows } = await client.query<{ value: string }>(
    `select ${column}::text as value from tablegate.${table} order by 1`,
  );
  return rows.map(({ value }) => value);
}

async function keepRuns(...runs: Partial<RunProjection>[]): Promise<RunProjection[]> {
  const records = runs.map((run) => sampleRun({ status: 'succeeded', ...run }));
  for (const record of records) await opened.store.runs.project(record);
  return records;
}

/** A run that was asked for and ended on these days. */
const ran = (queued: number, finished: number | null, rest: Partial<RunProjection> = {}) => ({
  ...{ queuedAt: at(queued), finishedAt: finished === null ? null : at(finished) },
  ...rest,
});

const ids = (runs: RunProjection[]) => runs.map(({ id }) => id).toSorted();
const log = (runId: string, ...days: number[]) =>
  opened.store.runs.appendLog(
    'default',
    runId,
    days.map((number) => ({ at: at(number), level: 'info', line: `day ${number}` })),
  );

async function keepLedger(...days: number[]): Promise<void> {
  for (const [index, number] of days.entries()) {
    const line = sampleLine({ at: at(number), receipt: `r${index}`, tenant: `t${index}` });
    await client.query(
      `insert into tablegate.ledger (tenant, task_id, receipt, table_name, at, caller, outcome, version)
        values ($1, $2, $3, $4, $5, $6, $7, 1)`,
      [line.tenant, line.taskId, line.receipt, line.table, line.at, line.caller, line.outcome],
    );
  }
}

async function keepAudit(...days: number[]): Promise<void> {
  for (const number of days) {
    await client.query(
      `insert into tablegate.audit (tenant, at, actor, action, target, detail)
        values ('default', $1, 'ada', 'task.create', $2, '{}')`,
      [at(number), `day ${number}`],
    );
  }
}

test('nothing goes where no limit is set', async () => {
  await keepLedger(1);
  await keepAudit(1);
  const [run] = await keepRuns(ran(1, 1), ran(2, 2));
  await log(run!.id, 1);
  expect(await prune({})).toEqual(none);
  const counts: number[] = [];
  for (const table of ['ledger', 'audit', 'runs', 'run_log']) {
    counts.push((await values('tenant', table)).length);
  }
  expect(counts).toEqual([1, 1, 2, 1]);
});

test('ledger lines, audit lines and log lines go by their time, each kind by its own', async () => {
  await keepLedger(1, 2, 3, 4);
  await keepAudit(1, 2, 3, 4);
  const [run] = await keepRuns(ran(1, null));
  await log(run!.id, 1, 2, 3, 4);
  expect(await prune({ ledger: day(2), audit: day(3), logs: day(4) })).toEqual({
    ...{ ledger: 1, audit: 2, logs: 3, records: 0, backfills: 0 },
  });
  expect(await values('receipt', 'ledger')).toEqual(['r1', 'r2', 'r3']);
  expect(await values('target', 'audit')).toEqual(['day 3', 'day 4']);
  expect(await values('line', 'run_log')).toEqual(['day 4']);
  expect(await values('id', 'runs')).toEqual([run!.id]);
});

test('at most one batch goes at a time, the oldest first, until nothing is left', async () => {
  await keepLedger(3, 1, 2);
  await keepAudit(2, 3, 1);
  const limits = { ledger: day(9), audit: day(9) };
  expect(await prune(limits, 2)).toEqual({ ...none, ledger: 2, audit: 2 });
  expect(await values('receipt', 'ledger')).toEqual(['r0']);
  expect(await values('target', 'audit')).toEqual(['day 3']);
  expect(await prune(limits, 2)).toEqual({ ...none, ledger: 1, audit: 1 });
  expect(await prune(limits, 2)).toEqual(none);
});

test('a record goes by the end of its run, with its log, and one that has not ended stays', async () => {
  const [old, late, live, newest] = await keepRuns(
    ran(1, 2),
    ran(1, 5),
    ran(1, null, { status: 'running' }),
    ran(7, 7),
  );
  for (const run of [old!, late!, live!]) await log(run.id, 1, 2);
  expect(await prune({ records: day(3) })).toEqual({ ...none, records: 1, logs: 2 });
  expect(await values('id', 'runs')).toEqual(ids([late!, live!, newest!]));
  expect(await values('distinct run_id', 'run_log')).toEqual(ids([late!, live!]));
});

test('records of instances that others will ask for stay, however old', async () => {
  const [other, task] = [newId(), newId()];
  const instances = (taskId: string, ...days: number[]) =>
    keepRuns(...days.map((number) => ran(number, 9, { taskId, scheduleTime: at(number) })));
  const [, , ...kept] = await instances(task, 1, 2, 3, 4, 5);
  await keepRuns(ran(4, 9, { taskId: task, scheduleTime: null }));
  const [, , newest] = await instances(other, 1, 4, 5);
  const needed = [{ tenant: 'default', taskId: task, since: at(3) }];
  const elsewhere = { tenant: 'another', taskId: other, since: at(1) };
  expect(await prune({ records: day(30) }, 1_000, [...needed, elsewhere])).toEqual({
    ...{ ...none, records: 5 },
  });
  expect(await values('id', 'runs')).toEqual(ids([...kept, newest!]));
});

test('the newest record of each task stays, however old', async () => {
  const [other, task] = [newId(), newId()];
  const kept = await keepRuns(
    ran(2, 2, { taskId: other }),
    ran(3, 3, { taskId: task }),
    ran(3, 3, { taskId: task, tenant: 'other' }),
  );
  await keepRuns(ran(1, 2, { taskId: other }), ran(1, 3, { taskId: task }));
  expect(await prune({ records: day(30) })).toEqual({ ...none, records: 2 });
  expect(await values('id', 'runs')).toEqual(ids(kept));
});

test('the latest attempt of a task’s newest instance stays, as tasks downstream ask for it, and the first, which gives it its number', async () => {
  const [march, april] = ['2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'];
  const [ninth, first, latest, , byHand] = await keepRuns(
    ran(1, 1, { scheduleTime: march, attempt: 9 }),
    ran(2, 2, { scheduleTime: april, attempt: 1 }),
    ran(3, 3, { scheduleTime: april, attempt: 2 }),
    ran(4, 4, { scheduleTime: march, attempt: 10 }),
    ran(5, 5),
  );
  expect(await prune({ records: day(30) })).toEqual({ ...none, records: 1 });
  expect(await values('id', 'runs')).toEqual(ids([ninth!, first!, latest!, byHand!]));
  // Nothing but the number of its instance kept it.
  expect(await prune({ records: day(30) })).toEqual({ ...none, records: 1 });
  expect(await values('id', 'runs')).toEqual(ids([first!, latest!, byHand!]));
  expect(await prune({ records: day(30) })).toEqual(none);
});

test('a record with a long log goes over several batches, the log first', async () => {
  const [old] = await keepRuns(ran(1, 1), ran(2, 2));
  await log(old!.id, 1, 2, 3, 4, 5);
  const limits = { records: day(9) };
  expect(await prune(limits, 3)).toEqual({ ...none, logs: 3 });
  expect(await opened.store.runs.find('default', old!.taskId, old!.id)).not.toBeNull();
  expect(await prune(limits, 3)).toEqual({ ...none, logs: 2, records: 1 });
  expect(await prune(limits, 3)).toEqual(none);
});

test('a batch of log lines counts those of records and those that are old together', async () => {
  const [old, newest] = await keepRuns(ran(1, 1), ran(2, 2));
  await log(old!.id, 1, 1);
  await log(newest!.id, 1, 1);
  const limits = { records: day(9), logs: day(9) };
  expect(await prune(limits, 3)).toEqual({ ...none, records: 1, logs: 3 });
  expect(await prune(limits, 2)).toEqual({ ...none, logs: 1 });
});

test('two that prune at once delete each row once', async () => {
  const days = Array.from({ length: 40 }, (_, index) => (index % 5) + 1);
  await keepLedger(...days);
  const both = await Promise.all([prune({ ledger: day(9) }, 30), prune({ ledger: day(9) }, 30)]);
  const rest = await prune({ ledger: day(9) });
  expect(both[0].ledger + both[1].ledger + rest.ledger).toBe(40);
  expect(await values('receipt', 'ledger')).toEqual([]);
});

test('backfills go with their plans, piece by piece, when they ended before; live ones stay', async () => {
  const chain = (count: number) =>
    Array.from({ length: count }, (_, nr) => cell('a', nr, nr === 0 ? [] : [nr - 1]));
  const [old, live] = [newBackfill(chain(3)), newBackfill(chain(2))];
  for (const one of [old, live]) await opened.store.backfills.create(one);
  const finish = `update tablegate.backfills set status = 'failed', finished_at = $2 where id = $1`;
  await client.query(finish, [old.id, at(1)]);
  expect(await prune({ backfills: day(1) })).toEqual(none);
  // Two needs and three cells of the plan, and itself.
  expect(await prune({ backfills: day(2) }, 4)).toEqual({ ...none, backfills: 4 });
  expect(await prune({ backfills: day(2) }, 4)).toEqual({ ...none, backfills: 2 });
  expect(await values('id', 'backfills')).toEqual([live.id]);
  expect(await values('state', 'backfill_cells')).toEqual(['waiting', 'waiting']);
  expect(await values('cell', 'backfill_needs')).toHaveLength(1);
  expect(await values('state', 'backfill_counts')).toEqual(['waiting']);
});
