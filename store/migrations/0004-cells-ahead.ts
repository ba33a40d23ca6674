/** Cells may be handed to their task before there is a slot for them. */
import { sql, type Kysely } from 'kysely';

const statements = [
  `alter table tablegate.backfill_cells add column ahead boolean not null default false`,
  `create index backfill_cells_ready_of_task
    on tablegate.backfill_cells (backfill, task_id, schedule_time, cell)
    where state = 'waiting' and waits_for = 0`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
