/** What the console needs: sessions of browsers, lists of tasks in several orders, and which wait. */
import { sql, type Kysely } from 'kysely';

// Both go with their key, and so with its user.
const sessions = [
  `create table tablegate.sessions (
    digest text primary key,
    tenant text not null,
    key_id text not null,
    created_at timestamptz(3) not null default now(),
    last_used_at timestamptz(3) not null default now(),
    constraint sessions_key foreign key (tenant, key_id)
      references tablegate.keys (tenant, id) on delete cascade
  )`,
  `create index sessions_of_key on tablegate.sessions (tenant, key_id)`,
  `create table tablegate.sign_in_codes (
    digest text primary key,
    tenant text not null,
    key_id text not null,
    expires_at timestamptz(3) not null,
    constraint sign_in_codes_key foreign key (tenant, key_id)
      references tablegate.keys (tenant, id) on delete cascade
  )`,
  `create index sign_in_codes_of_key on tablegate.sign_in_codes (tenant, key_id)`,
];

// When a task runs next is for its next projection to say.
const lists = [
  `alter table tablegate.tasks
    add column latest_status text not null default 'none',
    add column paused boolean not null default false,
    add column tags text[] not null default '{}',
    add column by_latest_run timestamptz(3) not null default '1970-01-01Z',
    add column by_next_run timestamptz(3) not null default '9999-12-31Z'`,
  `update tablegate.tasks set
    latest_status = coalesce(view->'latestRun'->>'status', 'none'),
    paused = coalesce((view->>'paused')::boolean, false),
    tags = array(
      select tag->>'key' from json_array_elements(view->'tags') as tag
      union all
      select (tag->>'key') || '=' || (tag->>'value') from json_array_elements(view->'tags') as tag
        where tag->>'value' is not null
    ),
    by_latest_run =
      coalesce((view->'latestRun'->>'queuedAt')::timestamptz, '1970-01-01Z')`,
  `create index tasks_by_name on tablegate.tasks (tenant, (folded_name collate "C"), id)
    where removed_at is null`,
  `create index tasks_by_latest_run on tablegate.tasks (tenant, by_latest_run, id)
    where removed_at is null`,
  `create index tasks_by_next_run on tablegate.tasks (tenant, by_next_run, id)
    where removed_at is null`,
];

// Since when a task waits for tables of its open round; gates of schedule times, and what waits for
// tasks upstream, come with the next projection.
const waiting = [
  `alter table tablegate.tasks add column waiting_since timestamptz(3)`,
  `update tablegate.tasks set waiting_since = marked.since
    from (
      select task.tenant, task.id, min((mark->>'at')::timestamptz) as since
      from tablegate.tasks as task, json_array_elements(task.view->'gate'->'tables') as mark
      where task.kind = 'triggered'
      group by task.tenant, task.id having bool_or(mark->>'at' is null)
    ) as marked
    where tasks.tenant = marked.tenant and tasks.id = marked.id`,
  `create index tasks_waiting on tablegate.tasks (tenant, waiting_since, id)
    where waiting_since is not null and removed_at is null`,
  // By which the usual times of a table are learned.
  `create index ledger_marks on tablegate.ledger (tenant, task_id, table_name, at)
    where outcome in ('counted', 'started')`,
];

const statements = [sessions, lists, waiting].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
