/** Who has written which table last, as the target itself notes it: table `tablegate.last_writes`. */
import type { PoolClient } from 'pg';
import type { HeldWrite, LastWrite, TableRef } from '../connector';
import { ownSchema, type NotedWrite } from '../fencing';
import type { PostgresSessions } from './sessions';

const notes = `${ownSchema}.last_writes`;

/** Makes the table of notes where it is not there yet. */
export async function ensureNotes(sessions: PostgresSessions, signal: AbortSignal): Promise<void> {
  await sessions.transaction({ mode: 'write', signal }, async (client) => {
    if (await hasNotes(client, 'note')) return;
    // Two that make it at once would refuse each other.
    await lockName(client, notes);
    await ensureSchema(client, ownSchema);
    await client.query(
      `CREATE TABLE IF NOT EXISTS ${notes} (
         schema_name text NOT NULL, table_name text NOT NULL, writer text NOT NULL,
         fence bigint NOT NULL, written_at_ms bigint NOT NULL, note text,
         PRIMARY KEY (schema_name, table_name))`,
    );
    // In one of an earlier version.
    await client.query(`ALTER TABLE ${notes} ADD COLUMN IF NOT EXISTS note text`);
  });
}

/** Makes a schema; one that is there needs no right to make one. */
export async function ensureSchema(client: PoolClient, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1', [
    schema,
  ]);
  if (rows.length === 0) {
    await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema.replaceAll('"', '""')}"`);
  }
}

/** Holds a lock of that name until the transaction ends; waits for who has it. */
export async function lockName(client: PoolClient, name: string): Promise<void> {
  await client.query(
    'SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended($1, 0))',
    [`tablegate ${name}`],
  );
}

/** Kind of what has a name (`r` for a table); null: nothing has it. */
export async function kindOf(
  client: PoolClient,
  { schema, table }: TableRef,
): Promise<string | null> {
  const { rows } = await client.query<{ kind: string }>(
    `SELECT c.relkind AS kind
     FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2`,
    [schema, table],
  );
  return rows[0]?.kind ?? null;
}

/** Whether the table of notes is there, with that column. */
async function hasNotes(client: PoolClient, column: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM pg_catalog.pg_attribute a
     JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = 'last_writes' AND a.attname = $2 AND NOT a.attisdropped`,
    [ownSchema, column],
  );
  return rows.length > 0;
}

interface NoteRow {
  writer: string;
  fence: string;
  written_at_ms: string;
  note?: string | null;
}

export async function notedWrite(
  client: PoolClient,
  { schema, table }: TableRef,
): Promise<NotedWrite | null> {
  // All columns: the table of an earlier version has no notes.
  const { rows } = await client.query<NoteRow>(
    `SELECT * FROM ${notes} WHERE schema_name = $1 AND table_name = $2`,
    [schema, table],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { writer, fence, written_at_ms: writtenAtMs, note = null } = row;
  return { writer, fence: BigInt(fence), writtenAtMs: Number(writtenAtMs), note };
}

export async function noteWrite(
  client: PoolClient,
  { schema, table }: TableRef,
  { writer, fence }: LastWrite,
  note: string | null,
): Promise<void> {
  await client.query(
    `INSERT INTO ${notes} (schema_name, table_name, writer, fence, written_at_ms, note)
     VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (schema_name, table_name) DO UPDATE
     SET writer = excluded.writer, fence = excluded.fence, written_at_ms = excluded.written_at_ms,
       note = excluded.note`,
    [schema, table, writer, String(fence), String(Date.now()), note],
  );
}

/** Who has written a table last; null: nobody, or it is not there. */
export async function lastWriteOf(client: PoolClient, ref: TableRef): Promise<HeldWrite | null> {
  if (!(await hasNotes(client, 'fence'))) return null;
  if ((await kindOf(client, ref)) === null) return null;
  const last = await notedWrite(client, ref);
  return last && { writer: last.writer, fence: last.fence, note: last.note };
}
