/** Collection tasks of DataArts: what its clients sent of each, beside the scheduling task itself. */
import { sql, type Kysely } from 'kysely';

// `sent` is text, so that its numbers stay as they were written. A row comes before its task and
// stays after it, as the records do: lists show those whose task is there.
const statements = [
  `create table tablegate.dataarts_tasks (
    tenant text not null,
    task_id text not null,
    project text not null,
    workspace text not null,
    directory text not null,
    creator text not null,
    data_source_type text not null,
    connection_id text,
    bucket text,
    sent text not null,
    made json not null,
    primary key (tenant, task_id)
  )`,
  `create index dataarts_tasks_of_project
    on tablegate.dataarts_tasks (tenant, project, workspace)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
