/** The trigger ledger: every call with what became of it. */
import { CompiledQuery, type Selectable, type Transaction } from 'kysely';
import type { LedgerEntry, LedgerProjection } from '../model/trigger';
import type { Arrival } from '../model/usual-arrival';
import { Paging } from './paging';
import type { Database, Tables } from './schema';
import type { LedgerFilter, LedgerStore, PageRequest } from './store';
import { newestOfEach, versionedUpsert } from './versioned-upsert';

export function ledgerStore(db: Database): LedgerStore {
  return {
    find: async (tenant, taskId, receipt) => {
      const row = await linesOf(db, tenant, taskId)
        .selectAll()
        .where('receipt', '=', receipt)
        .executeTakeFirst();
      return row ? toEntry(row) : null;
    },
    list: (tenant, taskId, filter, page) => list(db, tenant, taskId, filter, page),
    arrivals: (tenant, of) => arrivals(db, tenant, of),
  };
}

function linesOf(db: Database, tenant: string, taskId: string) {
  return db.selectFrom('ledger').where('tenant', '=', tenant).where('task_id', '=', taskId);
}

async function list(
  db: Database,
  tenant: string,
  taskId: string,
  { outcome, table, from, to }: LedgerFilter,
  page: PageRequest,
) {
  const paging = new Paging(['ledger', tenant, taskId, outcome, table, from, to], page);
  const rows = await linesOf(db, tenant, taskId)
    .selectAll()
    .where(paging.after('at', 'receipt'))
    .$if(outcome !== null, (query) => query.where('outcome', '=', outcome!))
    .$if(table !== null, (query) => query.where('table_name', '=', table!))
    .$if(from !== null, (query) => query.where('at', '>=', from!))
    .$if(to !== null, (query) => query.where('at', '<=', to!))
    .orderBy('at', 'desc')
    .orderBy('receipt', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(rows, (row) => ({ at: row.at, id: row.receipt }), toEntry);
}

/** Marks that the usual time of a table is learned from. */
const latestMarks = 40;

const arrivalsText = `select wanted.nr::int, mark.at, mark.schedule_time as "scheduleTime"
  from unnest($2::text[], $3::text[]) with ordinality as wanted (task_id, table_name, nr),
    lateral (
      select at, schedule_time from tablegate.ledger
      where tenant = $1 and task_id = wanted.task_id and table_name = wanted.table_name
        and outcome in ('counted', 'started')
      order by at desc limit ${latestMarks}
    ) as mark`;

async function arrivals(
  db: Database,
  tenant: string,
  of: readonly { taskId: string; table: string }[],
): Promise<Arrival[][]> {
  if (of.length === 0) return [];
  const values = [tenant, of.map(({ taskId }) => taskId), of.map(({ table }) => table)];
  const { rows } = await db.executeQuery(CompiledQuery.raw(arrivalsText, values));
  const found: Arrival[][] = of.map(() => []);
  for (const { nr, ...mark } of rows as (Arrival & { nr: number })[]) found[nr - 1]!.push(mark);
  return found;
}

function toEntry(row: Selectable<Tables['ledger']>): LedgerEntry {
  return {
    receipt: row.receipt,
    table: row.table_name,
    at: row.at,
    caller: row.caller,
    outcome: row.outcome,
    reason: row.reason,
    scheduleTime: row.schedule_time,
    runId: row.run_id,
    appliedBy: row.applied_by,
    appliedAt: row.applied_at,
  };
}

const upsert = versionedUpsert({
  table: 'ledger',
  key: ['tenant', 'task_id', 'receipt'],
  version: 'version',
  columns: {
    tenant: 'text',
    task_id: 'text',
    receipt: 'text',
    table_name: 'text',
    at: 'timestamptz(3)',
    caller: 'text',
    outcome: 'text',
    reason: 'text',
    schedule_time: 'timestamptz(3)',
    run_id: 'text',
    applied_by: 'text',
    applied_at: 'timestamptz(3)',
    version: 'bigint',
  },
});

/** Writes lines; the same receipt may be among them more than once, with different versions. */
export async function upsertLedger(
  transaction: Transaction<Tables>,
  lines: readonly LedgerProjection[],
): Promise<void> {
  const newest = newestOfEach(lines, ({ tenant, taskId, receipt }) =>
    JSON.stringify([tenant, taskId, receipt]),
  );
  await upsert(transaction, newest.map(toRow));
}

function toRow(line: LedgerProjection) {
  return {
    tenant: line.tenant,
    task_id: line.taskId,
    receipt: line.receipt,
    table_name: line.table,
    at: line.at,
    caller: line.caller,
    outcome: line.outcome,
    reason: line.reason,
    schedule_time: line.scheduleTime,
    run_id: line.runId,
    applied_by: line.appliedBy,
    applied_at: line.appliedAt,
    version: line.version,
  };
}
