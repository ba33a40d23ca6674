/** Deletes what is older than it is to be kept, some rows at a time. */
import { sql, type RawBuilder } from 'kysely';
import { pruneBackfills } from './backfills/prune';
import { schemaName, type Database } from './schema';
import type { NeededRecords, Pruned, RetentionStore } from './store';

const table = (name: string): RawBuilder<unknown> => sql.table(`${schemaName}.${name}`);

export function retentionStore(db: Database): RetentionStore {
  return {
    prune: async ({ ledger, records, logs, audit, backfills }, batch, needed) => {
      const ended = await deleteRecords(db, records, { batch, needed });
      const left = batch - ended.logs;
      return {
        ledger: await deleteOlder(db, 'ledger', ledger, batch),
        records: ended.records,
        logs: ended.logs + (await deleteOlder(db, 'run_log', logs, left)),
        audit: await deleteOlder(db, 'audit', audit, batch),
        backfills: await pruneBackfills(db, backfills, batch),
      };
    },
  };
}

async function deleteOlder(
  db: Database,
  name: 'ledger' | 'run_log' | 'audit',
  before: Date | null,
  most: number,
): Promise<number> {
  if (before === null || most === 0) return 0;
  const old = sql`select ctid from ${table(name)}
    where at < ${before.toISOString()} order by at limit ${most}`;
  return deleted(db, sql`delete from ${table(name)} where ctid = any(array(${old}))`);
}

/** Lines go first: a record may have a thousand, and one statement has seconds. */
async function deleteRecords(
  db: Database,
  before: Date | null,
  { batch, needed }: { batch: number; needed: readonly NeededRecords[] },
): Promise<Pick<Pruned, 'records' | 'logs'>> {
  if (before === null) return { records: 0, logs: 0 };
  const old = oldRecords(before, batch, needed);
  const lines = sql`select line.ctid from (${old}) as old
    cross join lateral (${linesOf('old')} limit ${batch}) as line limit ${batch}`;
  const bare = sql`select ctid from (${old}) as old where (${linesOf('old')} limit 1) is null`;
  return {
    logs: await deleted(db, sql`delete from ${table('run_log')} where ctid = any(array(${lines}))`),
    records: await deleted(db, sql`delete from ${table('runs')} where ctid = any(array(${bare}))`),
  };
}

/**
 * Records that ended before, oldest first. The newest of a task stays, and so does that of its
 * newest instance: tasks downstream ask how that one ended, as they do for what is `needed`. The
 * first of an instance, which gives it its number, goes last of it. The subqueries with a limit are
 * looked up in an index for each record; joins in their place would go through all records of the
 * task.
 */
function oldRecords(
  before: Date,
  batch: number,
  needed: readonly NeededRecords[],
): RawBuilder<unknown> {
  const ofTask = sql`select newest.id from ${table('runs')} as newest
    where newest.tenant = run.tenant and newest.task_id = run.task_id`;
  const ofInstance = sql`select other.number from ${table('runs')} as other
    where other.tenant = run.tenant and other.task_id = run.task_id
      and other.schedule_time = run.schedule_time`;
  const texts = (field: keyof NeededRecords) => needed.map((records) => records[field]);
  return sql`select run.ctid, run.tenant, id from ${table('runs')} as run
    left join unnest(${texts('tenant')}::text[], ${texts('taskId')}::text[],
      ${texts('since')}::timestamptz[]) as needed (tenant, task_id, since)
      on needed.tenant = run.tenant and needed.task_id = run.task_id
        and schedule_time >= needed.since
    where needed.since is null and finished_at < ${before.toISOString()}
      and id <> (${ofTask} order by queued_at desc, id desc limit 1)
      and (schedule_time is null or id <> (${ofTask} and schedule_time is not null
        order by schedule_time desc, attempt desc, queued_at desc, id desc limit 1))
      and ((${ofInstance} and other.number < run.number limit 1) is not null
        or (${ofInstance} and other.number > run.number limit 1) is null)
    order by finished_at limit ${batch}`;
}

function linesOf(record: string): RawBuilder<unknown> {
  return sql`select line.ctid from ${table('run_log')} as line
    where line.tenant = ${sql.ref(`${record}.tenant`)} and line.run_id = ${sql.ref(`${record}.id`)}`;
}

async function deleted(db: Database, statement: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await statement.execute(db);
  return Number(numAffectedRows ?? 0);
}
