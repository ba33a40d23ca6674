/** Trigger tokens: digest, version and last use of each. The tokens themselves are never stored. */
import type { Selectable, Transaction } from 'kysely';
import { CompiledQuery, sql } from 'kysely';
import { batchedLookup } from './batched-lookup';
import type { Connections } from './connections';
import { lock, transact, type Database, type Tables } from './schema';
import { storableJson } from './storable';
import type { TokenRow, TokenStore } from './store';

/** Digest (SHA-256, hex) of the token of a table at a version. */
export type TokenDigest = (
  tenant: string,
  taskId: string,
  table: string,
  version: number,
) => string;

type Row = Selectable<Tables['tokens']>;

export function tokenStore(
  db: Database,
  connections: Connections,
  digestOf: TokenDigest,
): TokenStore {
  return {
    rotate: (tenant, taskId, table) =>
      transact(db, (transaction) => rotate(transaction, { tenant, taskId }, table, digestOf)),
    list: async (tenant, taskId) => {
      const rows = await tokensOf(db, { tenant, taskId })
        .selectAll()
        .where('revoked', '=', false)
        .orderBy(sql`table_name collate "C"`)
        .execute();
      return rows.map(toToken);
    },
    versions: async (tenant, taskId, tables) => {
      const known = await tokensOf(db, { tenant, taskId }).selectAll().execute();
      const byTable = new Map(known.map((row) => [row.table_name, row]));
      return tables.map((table) => liveVersion(byTable.get(table)));
    },
    findByDigest: batchedLookup((digests) => findByDigests(connections, digests)),
    noteUse: (uses) => noteUse(db, uses),
  };
}

/** Name of the lock under which the tokens of one task change. */
export function tokenLockOf(tenant: string, taskId: string): string[] {
  return ['tokens', tenant, taskId];
}

interface TaskKey {
  tenant: string;
  taskId: string;
}

function tokensOf(db: Database | Transaction<Tables>, { tenant, taskId }: TaskKey) {
  return db.selectFrom('tokens').where('tenant', '=', tenant).where('task_id', '=', taskId);
}

/**
 * Makes exactly these tables' tokens live: new tables get the next version, tables that stay keep
 * theirs, all others are revoked. The caller holds the lock.
 */
export async function setTokens(
  transaction: Transaction<Tables>,
  task: TaskKey,
  tables: readonly string[],
  digestOf: TokenDigest,
): Promise<void> {
  const live = new Set(tables);
  const known = await tokensOf(transaction, task).selectAll().execute();
  const gone = known.filter((row) => !row.revoked && !live.has(row.table_name));
  if (gone.length > 0) {
    await transaction
      .updateTable('tokens')
      .set({ revoked: true })
      .where('tenant', '=', task.tenant)
      .where('task_id', '=', task.taskId)
      .where(
        'table_name',
        'in',
        gone.map((row) => row.table_name),
      )
      .execute();
  }
  const byTable = new Map(known.map((row) => [row.table_name, row]));
  const fresh = [...live].filter((table) => byTable.get(table)?.revoked !== false);
  await makeLive(
    transaction,
    fresh.map((table) => nextVersion(task, table, byTable.get(table), digestOf)),
  );
}

/**
 * The same for several tasks, each once: most have the tokens that they are to have. The caller holds
 * their locks.
 */
export async function setTokensOfAll(
  transaction: Transaction<Tables>,
  wanted: readonly { task: TaskKey; tables: readonly string[] }[],
  digestOf: TokenDigest,
): Promise<void> {
  if (wanted.length === 0) return;
  const live = await transaction
    .selectFrom('tokens')
    .select(['tenant', 'task_id', 'table_name'])
    .where(
      'task_id',
      'in',
      wanted.map(({ task }) => task.taskId),
    )
    .where('revoked', '=', false)
    .execute();
  for (const { task, tables } of wanted) {
    const held = live
      .filter((row) => row.task_id === task.taskId && row.tenant === task.tenant)
      .map((row) => row.table_name);
    const isSame = held.length === tables.length && held.every((table) => tables.includes(table));
    if (!isSame) await setTokens(transaction, task, tables, digestOf);
  }
}

async function rotate(
  transaction: Transaction<Tables>,
  task: TaskKey,
  table: string,
  digestOf: TokenDigest,
): Promise<TokenRow | null> {
  await lock(transaction, ...tokenLockOf(task.tenant, task.taskId));
  const present = await tokensOf(transaction, task)
    .selectAll()
    .where('table_name', '=', table)
    .where('revoked', '=', false)
    .executeTakeFirst();
  if (!present) return null;
  const next = nextVersion(task, table, present, digestOf);
  await makeLive(transaction, [next]);
  return toToken(next);
}

/** The version under which a table is called while its token is live. */
function liveVersion(present: Row | undefined): number {
  return present?.revoked === false ? present.version : (present?.version ?? 0) + 1;
}

/** Nobody has used it yet: who still calls by the former token is not seen here. */
function nextVersion(
  { tenant, taskId }: TaskKey,
  table: string,
  present: Row | undefined,
  digestOf: TokenDigest,
): Row {
  const version = (present?.version ?? 0) + 1;
  return {
    tenant,
    task_id: taskId,
    table_name: table,
    version,
    digest: digestOf(tenant, taskId, table, version),
    revoked: false,
    last_used_at: null,
    last_caller: null,
  };
}

async function makeLive(transaction: Transaction<Tables>, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return;
  await transaction
    .insertInto('tokens')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'task_id', 'table_name']).doUpdateSet((set) => ({
        version: set.ref('excluded.version'),
        digest: set.ref('excluded.digest'),
        revoked: set.ref('excluded.revoked'),
        last_used_at: null,
        last_caller: null,
      })),
    )
    .execute();
}

const findText = `select tenant, task_id, table_name, version, digest, revoked, last_used_at,
    last_caller
  from tablegate.tokens where digest = any($1::text[]) and not revoked`;

async function findByDigests(
  connections: Connections,
  digests: readonly string[],
): Promise<Map<string, TokenRow>> {
  const { rows } = await connections.prepared<Row>('tokens-by-digest', findText, [digests]);
  return new Map(rows.map((row) => [row.digest, toToken(row)]));
}

const noteText = `update tablegate.tokens as token
  set last_used_at = sent.at, last_caller = sent.caller
  from json_to_recordset($1::json)
    as sent (tenant text, "taskId" text, "table" text, at timestamptz(3), caller text)
  where token.tenant = sent.tenant and token.task_id = sent."taskId"
    and token.table_name = sent."table"
    and (token.last_used_at is null or token.last_used_at <= sent.at)`;

async function noteUse(db: Database, uses: Parameters<TokenStore['noteUse']>[0]): Promise<void> {
  const latest = new Map<string, (typeof uses)[number]>();
  for (const use of uses) {
    const key = JSON.stringify([use.tenant, use.taskId, use.table]);
    const known = latest.get(key);
    if (!known || Date.parse(known.at) <= Date.parse(use.at)) latest.set(key, use);
  }
  if (latest.size === 0) return;
  const statement = CompiledQuery.raw(noteText, [storableJson([...latest.values()])]);
  await transact(db, (transaction) => transaction.executeQuery(statement));
}

function toToken(row: Row): TokenRow {
  return {
    tenant: row.tenant,
    taskId: row.task_id,
    table: row.table_name,
    version: row.version,
    revoked: row.revoked,
    lastUsedAt: row.last_used_at,
    lastCaller: row.last_caller,
  };
}
