/** Users get an account, and may be named by it, or by their id, where an admin allows that. */
import { sql, type Kysely } from 'kysely';

const statements = [
  `alter table tablegate.users
    add column account text,
    add column identity_triggers boolean not null default false`,
  `create unique index users_account on tablegate.users (tenant, account)`,
];

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
