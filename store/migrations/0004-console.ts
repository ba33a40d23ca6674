/** What the console needs: sessions of browsers. */
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

const statements = [sessions].flat();

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
