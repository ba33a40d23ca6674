/** What vendors' SDKs need here: access keys. */
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

const statements = [accessKeys].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
