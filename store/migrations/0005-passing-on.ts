/** What the end of a cell means for those that need it is passed on some at a time. */
import { sql, type Kysely } from 'kysely';

const statements = [
  `alter table tablegate.backfill_cells add column told_to bigint`,
  `create index backfill_cells_untold on tablegate.backfill_cells (backfill, cell)
    where told_to is not null`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
