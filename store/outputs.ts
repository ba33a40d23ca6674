/** Which task writes which table: each table is one task's at a time. */
import { sql, type Transaction } from 'kysely';
import { lock, transact, type Database, type Tables } from './schema';
import type { OutputConflict, OutputTable } from './store';

/** How long a reservation counts whose task is not stored: its start may still be under way. */
const claimStart = sql<string>`now() - interval '2 minutes'`;

/** Reserves `tables` for a task in place of what it had; see `TaskStore.reserveOutputs`. */
export function reserveOutputs(
  db: Database,
  tenant: string,
  taskId: string,
  tables: readonly OutputTable[],
): Promise<OutputConflict | null> {
  return transact(db, async (transaction) => {
    await lock(transaction, ...outputsLockOf(tenant));
    const conflict = await firstConflict(transaction, tenant, taskId, tables);
    if (conflict) return conflict;
    await replace(transaction, tenant, taskId, tables);
    return null;
  });
}

/** Name of the lock under which reservations change: saving a task is rare, so one per tenant does. */
export function outputsLockOf(tenant: string): string[] {
  return ['outputs', tenant];
}

/** The first of these tables that another task holds, with that task; see `TaskStore`. */
export async function firstConflict(
  transaction: Database | Transaction<Tables>,
  tenant: string,
  taskId: string,
  tables: readonly OutputTable[],
): Promise<OutputConflict | null> {
  if (tables.length === 0) return null;
  const rows = await transaction
    .selectFrom('outputs')
    .leftJoin('tasks', (join) =>
      join.onRef('tasks.tenant', '=', 'outputs.tenant').onRef('tasks.id', '=', 'outputs.task_id'),
    )
    .select(['outputs.target', 'outputs.task_id as taskId', 'tasks.name as taskName'])
    .where('outputs.tenant', '=', tenant)
    .where('outputs.task_id', '!=', taskId)
    .where(
      'outputs.target',
      'in',
      tables.map((table) => table.target),
    )
    .where((where) =>
      where.or([where('tasks.id', 'is not', null), where('outputs.reserved_at', '>', claimStart)]),
    )
    .execute();
  for (const { name, target } of tables) {
    const row = rows.find((taken) => taken.target === target);
    if (row) return { table: name, taskId: row.taskId, taskName: row.taskName };
  }
  return null;
}

async function replace(
  transaction: Transaction<Tables>,
  tenant: string,
  taskId: string,
  tables: readonly OutputTable[],
): Promise<void> {
  await transaction
    .deleteFrom('outputs')
    .where('tenant', '=', tenant)
    .where('task_id', '=', taskId)
    .execute();
  const byTarget = new Map(tables.map((table) => [table.target, table.name]));
  if (byTarget.size === 0 || (await isRemoved(transaction, tenant, taskId))) return;
  const rows = [...byTarget].map(([target, name]) => ({
    tenant,
    target,
    table_name: name,
    connection: name.slice(0, name.indexOf('.')),
    task_id: taskId,
  }));
  await transaction
    .insertInto('outputs')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'target']).doUpdateSet({
        ...{ task_id: taskId, table_name: sql`excluded.table_name` },
        connection: sql`excluded.connection`,
        reserved_at: sql`now()`,
      }),
    )
    .execute();
}

/** True for a task that has been removed; false also for one that is not stored yet. */
async function isRemoved(
  transaction: Transaction<Tables>,
  tenant: string,
  taskId: string,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('tasks')
    .select('id')
    .where('tenant', '=', tenant)
    .where('id', '=', taskId)
    .where('removed_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}
