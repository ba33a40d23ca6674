/** The tables of the first release. */
import { sql, type Kysely } from 'kysely';

const tasks = [
  `create table tablegate.counters (
    name text primary key,
    value bigint not null
  )`,
  `insert into tablegate.counters (name, value) values ('taskNumber', 0)`,
  `create table tablegate.tasks (
    tenant text not null,
    id text not null,
    number bigint not null,
    environment text not null,
    name text not null,
    folded_name text not null,
    kind text not null,
    tables text[] not null,
    connections text[] not null,
    view json not null,
    revision bigint not null,
    created_at timestamptz(3) not null,
    removed_at timestamptz(3),
    primary key (tenant, id)
  )`,
  // Not unique: numbers are given out once, and a read model refuses nothing that the workflows hold.
  `create index tasks_number on tablegate.tasks (number, environment)`,
  `create index tasks_newest on tablegate.tasks (tenant, created_at, id) where removed_at is null`,
  `create index tasks_tables on tablegate.tasks using gin (tables) where removed_at is null`,
  `create index tasks_connections on tablegate.tasks using gin (connections)
    where removed_at is null`,
  `create table tablegate.outputs (
    tenant text not null,
    target text not null,
    table_name text not null,
    connection text not null,
    task_id text not null,
    reserved_at timestamptz(3) not null default now(),
    primary key (tenant, target)
  )`,
  `create index outputs_task on tablegate.outputs (tenant, task_id)`,
  `create index outputs_connection on tablegate.outputs (tenant, connection)`,
];

const ledger = [
  `create table tablegate.ledger (
    tenant text not null,
    task_id text not null,
    receipt text not null,
    table_name text not null,
    at timestamptz(3) not null,
    caller text not null,
    outcome text not null,
    reason text,
    schedule_time timestamptz(3),
    run_id text,
    applied_by text,
    applied_at timestamptz(3),
    version bigint not null,
    primary key (tenant, task_id, receipt)
  )`,
  `create index ledger_newest on tablegate.ledger (tenant, task_id, at, receipt)`,
  `create index ledger_outcome on tablegate.ledger (tenant, task_id, outcome, at, receipt)`,
];

const runs = [
  `create table tablegate.runs (
    tenant text not null,
    id text not null,
    task_id text not null,
    status text not null,
    started_by text not null,
    started_by_user text,
    schedule_time timestamptz(3),
    attempt integer not null,
    tries integer not null,
    queued_at timestamptz(3) not null,
    started_at timestamptz(3),
    finished_at timestamptz(3),
    progress json,
    failure_reason text,
    failure_cause text,
    tables json not null,
    summary json,
    version bigint not null,
    primary key (tenant, id)
  )`,
  `create index runs_newest on tablegate.runs (tenant, queued_at, id)`,
  `create index runs_of_task on tablegate.runs (tenant, task_id, queued_at, id)`,
  `create index runs_by_status on tablegate.runs (tenant, status, queued_at, id)`,
  `create table tablegate.run_log (
    tenant text not null,
    run_id text not null,
    seq bigint generated always as identity,
    at timestamptz(3) not null,
    level text not null,
    line text not null,
    primary key (tenant, run_id, seq)
  )`,
];

const tokens = [
  `create table tablegate.tokens (
    tenant text not null,
    task_id text not null,
    table_name text not null,
    version integer not null,
    digest text not null,
    revoked boolean not null,
    last_used_at timestamptz(3),
    last_caller text,
    primary key (tenant, task_id, table_name)
  )`,
  `create unique index tokens_digest on tablegate.tokens (digest)`,
];

const sources = [
  `create table tablegate.connections (
    tenant text not null,
    name text not null,
    type text not null,
    config json not null,
    secrets text,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    primary key (tenant, name)
  )`,
  `create table tablegate.registered_tables (
    tenant text not null,
    name text not null,
    connection text not null,
    schema_name text not null,
    table_name text not null,
    folded_name text not null,
    id_mapping json,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    primary key (tenant, name),
    constraint registered_tables_connection foreign key (tenant, connection)
      references tablegate.connections (tenant, name) on delete cascade
  )`,
  `create index registered_tables_newest
    on tablegate.registered_tables (tenant, created_at, name)`,
  `create index registered_tables_of_connection
    on tablegate.registered_tables (tenant, connection, created_at, name)`,
];

const people = [
  `create table tablegate.tenants (
    id text primary key,
    name text not null,
    created_at timestamptz(3) not null default now()
  )`,
  `create table tablegate.users (
    tenant text not null constraint users_tenant references tablegate.tenants (id),
    id text not null,
    name text not null,
    role text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, id)
  )`,
  `create table tablegate.keys (
    tenant text not null,
    id text not null,
    user_id text not null,
    name text not null,
    prefix text not null,
    digest text not null,
    created_at timestamptz(3) not null default now(),
    last_used_at timestamptz(3),
    primary key (tenant, id),
    constraint keys_user foreign key (tenant, user_id)
      references tablegate.users (tenant, id) on delete cascade
  )`,
  `create unique index keys_digest on tablegate.keys (digest)`,
  `create index keys_of_user on tablegate.keys (tenant, user_id)`,
  `create table tablegate.grants (
    tenant text not null,
    user_id text not null,
    connection text not null,
    read boolean not null,
    write boolean not null,
    primary key (tenant, user_id, connection),
    constraint grants_user foreign key (tenant, user_id)
      references tablegate.users (tenant, id) on delete cascade,
    constraint grants_connection foreign key (tenant, connection)
      references tablegate.connections (tenant, name) on delete cascade
  )`,
  `create index grants_of_connection on tablegate.grants (tenant, connection)`,
];

const audit = [
  `create table tablegate.audit (
    id bigint generated always as identity primary key,
    tenant text not null,
    at timestamptz(3) not null default now(),
    actor text not null,
    action text not null,
    target text not null,
    detail json not null
  )`,
  `create index audit_newest on tablegate.audit (tenant, at, id)`,
  `create index audit_target on tablegate.audit (tenant, target, at, id)`,
];

const idempotency = [
  `create table tablegate.idempotency (
    tenant text not null,
    key text not null,
    request_digest text not null,
    claim_id text not null,
    claimed_at timestamptz(3) not null,
    status integer,
    body json,
    primary key (tenant, key)
  )`,
  `create index idempotency_age on tablegate.idempotency (claimed_at)`,
];

const installation = [
  `create table tablegate.installation (
    name text primary key,
    value text not null
  )`,
];

const statements = [
  ...[tasks, ledger, runs, tokens, sources, people, audit, idempotency, installation],
].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
