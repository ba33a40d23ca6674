/** Instances, lineage and backfills; and what deleting by age needs. */
import { sql, type Kysely } from 'kysely';

// Rows that are there get what they read and write with their next projection.
const lineage = [
  `alter table tablegate.tasks
    add column reads text[] not null default '{}',
    add column writes text[] not null default '{}',
    add column depends_on text[] not null default '{}'`,
  `create index tasks_reads on tablegate.tasks using gin (reads) where removed_at is null`,
  `create index tasks_writes on tablegate.tasks using gin (writes) where removed_at is null`,
  `create index tasks_depends_on on tablegate.tasks using gin (depends_on)
    where removed_at is null`,
  `create index tasks_recurring on tablegate.tasks (tenant, id)
    where kind = 'recurring' and removed_at is null`,
];

const instances = [
  `create index runs_instances on tablegate.runs (tenant, task_id, schedule_time, attempt)
    where schedule_time is not null`,
];

const retention = [
  `create index ledger_age on tablegate.ledger (at)`,
  `create index run_log_age on tablegate.run_log (at)`,
  `create index audit_age on tablegate.audit (at)`,
  `create index runs_age on tablegate.runs (finished_at)`,
];

const backfills = [
  `create table tablegate.backfills (
    nr bigint generated always as identity,
    tenant text not null,
    id text not null,
    status text not null,
    started_by text not null,
    started_by_user text not null,
    task_ids text[] not null,
    downstream text not null,
    existing text not null,
    concurrency integer not null,
    count integer not null,
    created_at timestamptz(3) not null default now(),
    finished_at timestamptz(3),
    resumed_at timestamptz(3) not null default now(),
    ended_since integer not null default 0,
    primary key (tenant, id)
  )`,
  `create unique index backfills_nr on tablegate.backfills (nr)`,
  `create index backfills_newest on tablegate.backfills (tenant, created_at, id)`,
  `create index backfills_live on tablegate.backfills (tenant, id) where finished_at is null`,
];

// A cell has one number, made of those of its backfill and of its place in the plan: PostgreSQL
// finds it by that, whatever it believes of how many cells a backfill has.
const cells = [
  `create table tablegate.backfill_cells (
    cell bigint primary key,
    backfill bigint not null,
    tenant text not null,
    task_id text not null,
    schedule_time timestamptz(3) not null,
    action text not null,
    reason text,
    state text not null,
    waits_for integer not null,
    run_id text,
    end_reason text,
    taken_by bigint,
    taken_step bigint,
    taken_at timestamptz(3),
    asked_at timestamptz(3),
    ended_at timestamptz(3)
  )`,
  `create unique index backfill_cells_instance
    on tablegate.backfill_cells (backfill, task_id, schedule_time)`,
  `create index backfill_cells_oldest on tablegate.backfill_cells (backfill, schedule_time, cell)`,
  `create index backfill_cells_ready on tablegate.backfill_cells (backfill, schedule_time, cell)
    where state = 'waiting' and waits_for = 0`,
  `create index backfill_cells_running on tablegate.backfill_cells (backfill, schedule_time, cell)
    where state = 'running'`,
  // By which two backfills that hold the same instance find each other.
  `create index backfill_cells_open on tablegate.backfill_cells (tenant, task_id, schedule_time)
    where state in ('waiting', 'running')`,
  `create table tablegate.backfill_needs (
    needed bigint not null,
    cell bigint not null,
    primary key (needed, cell)
  )`,
  `create index backfill_needs_of_cell on tablegate.backfill_needs (cell)`,
];

// A plan may hold half a million cells: how many are in which state is kept, not counted. By a
// trigger, so that no statement that moves cells can forget it.
const counts = [
  `create table tablegate.backfill_counts (
    backfill bigint not null,
    state text not null,
    cells integer not null,
    primary key (backfill, state)
  )`,
  `create function tablegate.count_backfill_cells() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        insert into tablegate.backfill_counts as present
          select backfill, state, count(*) from cells_now group by 1, 2 order by 1, 2
          on conflict (backfill, state) do update set cells = present.cells + excluded.cells;
      else
        insert into tablegate.backfill_counts as present
          select backfill, state, sum(change) from (
            select backfill, state, 1 as change from cells_now
            union all select backfill, state, -1 from cells_before
          ) as changes
          group by 1, 2 having sum(change) <> 0 order by 1, 2
          on conflict (backfill, state) do update set cells = present.cells + excluded.cells;
      end if;
      return null;
    end
  $$`,
  `create trigger backfill_cells_inserted after insert on tablegate.backfill_cells
    referencing new table as cells_now
    for each statement execute function tablegate.count_backfill_cells()`,
  `create trigger backfill_cells_updated after update on tablegate.backfill_cells
    referencing old table as cells_before new table as cells_now
    for each statement execute function tablegate.count_backfill_cells()`,
];

const statements = [lineage, instances, retention, backfills, cells, counts].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
