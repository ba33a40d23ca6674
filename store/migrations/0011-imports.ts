/**
 * Tasks that an import keeps: which system they come from, and their id there. The audit is found by
 * who did it, and by what was done.
 */
import { sql, type Kysely } from 'kysely';

const statements = [
  `alter table tablegate.tasks
    add column import_source text,
    add column external_id text`,
  `create index tasks_imported on tablegate.tasks (tenant, import_source, external_id)
    where import_source is not null`,
  `create index audit_actor on tablegate.audit (tenant, actor, at, id)`,
  `create index audit_action on tablegate.audit (tenant, action, at, id)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
