/** Writes what the workflows send: tasks, ledger lines and records, all of one batch or nothing. */
import type { Transaction } from 'kysely';
import type { JobLineage } from '../model/job-type';
import { nextRunTime } from '../model/next-run-time';
import type { TaskProjection } from '../model/task';
import { waitingSince } from '../model/waiting';
import { folded } from './folded';
import { upsertLedger } from './ledger';
import { notify, type NewChange } from './notify';
import { outputsLockOf } from './outputs';
import { changesOfRun, writeRuns } from './runs';
import { lock, lockAll, transact, type Database, type Tables } from './schema';
import type { ProjectionBatch } from './store';
import { setTokens, setTokensOfAll, tokenLockOf, type TokenDigest } from './tokens';
import { versionedUpsert } from './versioned-upsert';

/** Writes a batch; repeated, late and older ones change nothing that is newer. */
export async function projectBatch(
  db: Database,
  batch: ProjectionBatch,
  tokenDigest: TokenDigest,
): Promise<void> {
  await transact(db, async (transaction) => {
    if (batch.task) await writeTask(transaction, batch.task, batch.lineage, tokenDigest);
    await upsertLedger(transaction, batch.ledger);
    await writeRuns(transaction, batch.runs);
    for (const [tenant, changes] of changesOf(batch)) await notify(transaction, tenant, changes);
  });
}

/** Tasks of one transaction: each holds a lock, of which PostgreSQL has only so many. */
const tasksAtOnce = 200;

/** Writes several tasks; older revisions change nothing. */
export async function projectAll(
  db: Database,
  tasks: readonly TaskWrite[],
  tokenDigest: TokenDigest,
): Promise<void> {
  for (let from = 0; from < tasks.length; from += tasksAtOnce) {
    const some = tasks.slice(from, from + tasksAtOnce);
    await transact(db, (transaction) => writeTasks(transaction, some, tokenDigest));
  }
}

interface TaskWrite {
  task: TaskProjection;
  lineage: JobLineage;
}

async function writeTasks(
  transaction: Transaction<Tables>,
  writes: readonly TaskWrite[],
  tokenDigest: TokenDigest,
): Promise<void> {
  const tasks = writes.map(({ task }) => task);
  // Before any row is touched: who waits for these locks has no row in hand.
  await lockAll(
    transaction,
    tasks.map((task) => tokenLockOf(task.tenant, task.id)),
  );
  await upsertTask(
    transaction,
    writes.map(({ task, lineage }) => taskRow(task, lineage)),
  );
  const newest = await stillNewest(transaction, tasks);
  await setTokensOfAll(transaction, newest.map(tokensOf), tokenDigest);
  for (const [tenant, changes] of changesOf(...tasks.map((task) => ({ task })))) {
    await notify(transaction, tenant, changes);
  }
}

/** Those of which the store holds no newer revision. */
async function stillNewest(
  transaction: Transaction<Tables>,
  tasks: readonly TaskProjection[],
): Promise<TaskProjection[]> {
  const rows = await transaction
    .selectFrom('tasks')
    .select(['tenant', 'id', 'revision'])
    .where(
      'id',
      'in',
      tasks.map(({ id }) => id),
    )
    .execute();
  const keyOf = (...parts: (string | number)[]): string => parts.join('/');
  const stored = new Set(rows.map(({ tenant, id, revision }) => keyOf(tenant, id, revision)));
  return tasks.filter(({ tenant, id, revision }) => stored.has(keyOf(tenant, id, revision)));
}

function tokensOf(task: TaskProjection) {
  return { task: { tenant: task.tenant, taskId: task.id }, tables: tokenTables(task) };
}

const upsertTask = versionedUpsert({
  table: 'tasks',
  key: ['tenant', 'id'],
  version: 'revision',
  columns: {
    tenant: 'text',
    id: 'text',
    number: 'bigint',
    environment: 'text',
    name: 'text',
    folded_name: 'text',
    kind: 'text',
    tables: 'text[]',
    connections: 'text[]',
    reads: 'text[]',
    writes: 'text[]',
    depends_on: 'text[]',
    view: 'json',
    revision: 'bigint',
    created_at: 'timestamptz(3)',
    removed_at: 'timestamptz(3)',
    latest_status: 'text',
    paused: 'boolean',
    tags: 'text[]',
    by_latest_run: 'timestamptz(3)',
    by_next_run: 'timestamptz(3)',
    waiting_since: 'timestamptz(3)',
    import_source: 'text',
    external_id: 'text',
  },
});

async function writeTask(
  transaction: Transaction<Tables>,
  task: TaskProjection,
  lineage: JobLineage,
  tokenDigest: TokenDigest,
): Promise<void> {
  // Before any row is touched: who waits for these locks has no row in hand.
  await lock(transaction, ...tokenLockOf(task.tenant, task.id));
  if (task.removedAt !== null) await lock(transaction, ...outputsLockOf(task.tenant));
  const changed = await upsertTask(transaction, [taskRow(task, lineage)]);
  if (changed > 0) {
    await keepNumberTaken(transaction, task.number);
    const key = { tenant: task.tenant, taskId: task.id };
    await setTokens(transaction, key, tokenTables(task), tokenDigest);
  }
  if (task.removedAt !== null) await freeWhatItHeld(transaction, task);
}

/** Where tasks stand in a list by a time that they do not have. */
const longAgo = '1970-01-01T00:00:00.000Z';
const farAhead = '9999-12-31T00:00:00.000Z';

function taskRow(task: TaskProjection, { reads, writes }: JobLineage) {
  const { tenant, revision, removedAt, ...view } = task;
  const tables = task.tables.map((listing) => listing.name);
  const used = [...tables, ...reads, ...writes];
  return {
    tenant,
    id: task.id,
    number: task.number,
    environment: task.environment,
    name: task.name,
    folded_name: folded(task.name),
    kind: task.kind,
    tables,
    connections: [...new Set(used.map((name) => name.slice(0, name.indexOf('.'))))],
    reads,
    writes,
    depends_on: task.dependsOn,
    view,
    revision,
    created_at: task.createdAt,
    removed_at: removedAt,
    latest_status: task.latestRun?.status ?? 'none',
    paused: task.paused,
    tags: task.tags.flatMap(({ key, value }) =>
      value === undefined ? [key] : [key, `${key}=${value}`],
    ),
    by_latest_run: task.latestRun?.queuedAt ?? longAgo,
    by_next_run: nextRunTime(task, Date.now()) ?? farAhead,
    waiting_since: waitingSince(task),
    import_source: task.imported?.source ?? null,
    external_id: task.imported?.externalId ?? null,
  };
}

/** The tables that have a trigger URL. */
function tokenTables({ kind, tables, removedAt }: TaskProjection): string[] {
  if (kind !== 'triggered' || removedAt !== null) return [];
  return tables.filter((table) => table.by === 'url').map((table) => table.name);
}

/** A store that is rebuilt meets numbers that it has not given out: they are taken too. */
async function keepNumberTaken(transaction: Transaction<Tables>, number: string): Promise<void> {
  await transaction
    .updateTable('counters')
    .set({ value: number })
    .where('name', '=', 'taskNumber')
    .where('value', '<', number)
    .execute();
}

async function freeWhatItHeld(
  transaction: Transaction<Tables>,
  { tenant, id }: TaskProjection,
): Promise<void> {
  await transaction
    .deleteFrom('outputs')
    .where('tenant', '=', tenant)
    .where('task_id', '=', id)
    .execute();
}

/** What batches change, by tenant. */
function changesOf(...batches: Partial<ProjectionBatch>[]): Map<string, NewChange[]> {
  const byTenant = new Map<string, NewChange[]>();
  const add = (tenant: string, ...changes: NewChange[]): void => {
    byTenant.set(tenant, [...(byTenant.get(tenant) ?? []), ...changes]);
  };
  for (const { task, ledger = [], runs = [] } of batches) {
    if (task)
      add(task.tenant, { type: 'task', id: task.id, taskId: task.id, version: task.revision });
    for (const { tenant, taskId, receipt, version } of ledger) {
      add(tenant, { type: 'trigger', id: receipt, taskId, version });
    }
    for (const run of runs) add(run.tenant, ...changesOfRun(run));
  }
  return byTenant;
}
