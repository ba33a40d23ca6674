/** Deletes what is older than it is to be kept, some rows at a time. */
import { sql, type RawBuilder } from 'kysely';
import { schemaName, type Database } from './schema';
import type { Pruned, RetentionStore } from './store';

const table = (name: string): RawBuilder<unknown> => sql.table(`${schemaName}.${name}`);

export function retentionStore(db: Database): RetentionStore {
  return {
    prune: async ({ ledger, records, logs, audit }, batch) => {
      const ended = await deleteRecords(db, records, batch);
      const left = batch - ended.logs;
      return {
        ledger: await deleteOlder(db, 'ledger', ledger, batch),
        records: ended.records,
        logs: ended.logs + (await deleteOlder(db, 'run_log', logs, left)),
        audit: await deleteOlder(db, 'audit', audit, batch),
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
  batch: number,
): Promise<Pick<Pruned, 'records' | 'logs'>> {
  if (before === null) return { records: 0, logs: 0 };
  const old = oldRecords(before, batch);
  const lines = sql`select line.ctid from ${table('run_log')} as line
    join (${old}) as old on line.tenant = old.tenant and line.run_id = old.id limit ${batch}`;
  return {
    logs: await deleted(db, sql`delete from ${table('run_log')} where ctid = any(array(${lines}))`),
    records: await deleted(
      db,
      sql`delete from ${table('runs')} as run where (tenant, id) in (${old}) and not exists (
        select from ${table('run_log')} as line
        where line.tenant = run.tenant and line.run_id = run.id)`,
    ),
  };
}

/**
 * Records that ended before, oldest first. The newest of a task stays, and so does that of its
 * newest instance: tasks downstream ask how that one ended.
 */
function oldRecords(before: Date, batch: number): RawBuilder<unknown> {
  return sql`select tenant, id from ${table('runs')} as run
    where finished_at < ${before.toISOString()}
      and exists (select from ${table('runs')} as newer
        where newer.tenant = run.tenant and newer.task_id = run.task_id
          and (newer.queued_at, newer.id) > (run.queued_at, run.id))
      and (schedule_time is null or exists (select from ${table('runs')} as newer
        where newer.tenant = run.tenant and newer.task_id = run.task_id
          and (newer.schedule_time, newer.attempt, newer.queued_at, newer.id)
            > (run.schedule_time, run.attempt, run.queued_at, run.id)))
    order by finished_at, id limit ${batch}`;
}

async function deleted(db: Database, statement: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await statement.execute(db);
  return Number(numAffectedRows ?? 0);
}
