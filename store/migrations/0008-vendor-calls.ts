/** What vendors' SDKs need here: access keys, resource groups, and numbers of instances. */
import { sql, type Kysely } from 'kysely';

// The secret has to be known to check what it signed, so it is sealed, not digested. The id is of
// no other tenant, as a signature names nothing else.
const accessKeys = [
  `create table tablegate.access_keys (
    tenant text not null,
    id text not null,
    user_id text not null,
    name text not null,
    secret text not null,
    created_at timestamptz(3) not null default now(),
    last_used_at timestamptz(3),
    primary key (id),
    constraint access_keys_user foreign key (tenant, user_id)
      references tablegate.users (tenant, id) on delete cascade
  )`,
  `create index access_keys_newest on tablegate.access_keys (tenant, created_at, id)`,
  `create index access_keys_of_user on tablegate.access_keys (tenant, user_id, created_at, id)`,
];

const resourceGroups = [
  `create table tablegate.resource_groups (
    tenant text not null,
    name text not null,
    task_queue text not null,
    created_at timestamptz(3) not null default now(),
    primary key (tenant, name)
  )`,
];

// Nonces that signed requests came with, for as long as their dates are good.
const nonces = [
  `create table tablegate.signature_nonces (
    access_key text not null,
    nonce text not null,
    expires_at timestamptz(3) not null,
    primary key (access_key, nonce)
  )`,
  `create index signature_nonces_expired on tablegate.signature_nonces (expires_at)`,
];

// Vendors know tasks and instances by numbers. That of an instance is the first of its attempts'.
const numbers = [
  `create index tasks_by_number on tablegate.tasks (tenant, number) where removed_at is null`,
  `alter table tablegate.runs add column number bigint`,
  `update tablegate.runs set number = numbered.number
    from (
      select tenant, id, row_number() over (order by queued_at, tenant, id) as number
      from tablegate.runs
    ) as numbered
    where runs.tenant = numbered.tenant and runs.id = numbered.id`,
  `create sequence tablegate.run_numbers as bigint owned by tablegate.runs.number`,
  `select setval(
      'tablegate.run_numbers', (select coalesce(max(number), 0) + 1 from tablegate.runs), false
    )`,
  `alter table tablegate.runs
    alter column number set default nextval('tablegate.run_numbers'),
    alter column number set not null`,
  `create unique index runs_number on tablegate.runs (number)`,
];

const statements = [accessKeys, resourceGroups, nonces, numbers].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
