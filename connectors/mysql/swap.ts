/**
 * Puts a finished result in the place of the former one. DDL commits by itself here, so there is no
 * one transaction: the rows come into tables of our own database; then, under a lock of the target's
 * name which this session holds, the fence is compared and raised, and one RENAME TABLE, which is
 * atomic, puts all tables in place. What is left of a crash: before the rename the former result
 * with a raised fence, which only keeps older tries away; after it the new one.
 */
import { describeRelation } from '../columns';
import { ConnectorError, type ColumnInfo, type SwapRequest, type TableRef } from '../connector';
import { textsOf } from '../engine-texts';
import {
  foreignTable,
  ownSchema,
  refuseOutdated,
  refuseOwnSchema,
  refuseSuperseded,
} from '../fencing';
import { quoteIdentifier as quoteColumn } from '../sql-text';
import { hasSchema, kindOf } from './catalog';
import { quoteIdentifier, quoteName, quoteText } from './names';
import {
  ensureNotes,
  hashOf,
  lastWriteOf,
  markOf,
  notedWrite,
  noteWrite,
  withNames,
} from './notes';
import type { MysqlSession } from './session';
import type { MysqlSessions } from './sessions';

/** By the types of DuckDB; what is not named here is written as text. */
const typeNames: Record<string, string> = {
  BOOLEAN: 'tinyint(1)',
  TINYINT: 'tinyint',
  SMALLINT: 'smallint',
  INTEGER: 'int',
  BIGINT: 'bigint',
  UTINYINT: 'tinyint unsigned',
  USMALLINT: 'smallint unsigned',
  UINTEGER: 'int unsigned',
  UBIGINT: 'bigint unsigned',
  HUGEINT: 'decimal(39,0)',
  UHUGEINT: 'decimal(39,0)',
  FLOAT: 'float',
  DOUBLE: 'double',
  DATE: 'date',
  TIME: 'time(6)',
  TIMESTAMP: 'datetime(6)',
  // In UTC, as the session is: `timestamp` ends in 2038.
  'TIMESTAMP WITH TIME ZONE': 'datetime(6)',
  BLOB: 'longblob',
};

function typeOf(type: string): string {
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  return digits ? `decimal(${digits[1]},${digits[2]})` : (typeNames[type] ?? 'longtext');
}

/** A relation with the table of ours that its rows come into. */
interface Staged {
  ref: TableRef;
  /** Names in our database: of the rows to come, and of those that they replace. */
  fresh: string;
  former: string;
}

/** @returns rows written into the first table */
export async function swapTables(sessions: MysqlSessions, request: SwapRequest): Promise<number> {
  refuseOwnSchema(request.tables);
  const staged = request.tables.map(({ ref }) => stagedFor(ref, request));
  try {
    return await sessions.transaction({ mode: 'write', signal: request.signal }, (session) =>
      stageAndSwap(session, request, staged),
    );
  } finally {
    const names = staged.flatMap(({ fresh, former }) => [fresh, former]);
    // Where that cannot be done, the next swap of the table does it.
    await sessions
      .transaction({ mode: 'write', signal: null }, (session) => dropOwn(session, names))
      .catch(() => undefined);
  }
}

function stagedFor(ref: TableRef, { writer, fence }: SwapRequest): Staged {
  const name = `${hashOf(ref.schema, ref.table)}_${hashOf(writer).slice(0, 8)}_${fence}`;
  return { ref, fresh: `new_${name}`, former: `old_${name}` };
}

async function stageAndSwap(
  session: MysqlSession,
  request: SwapRequest,
  staged: Staged[],
): Promise<number> {
  await ensureNotes(session);
  await refuseEarly(session, request);
  await dropOwn(
    session,
    staged.flatMap(({ fresh, former }) => [fresh, former]),
  );
  const rows: number[] = [];
  for (const [place, { relation }] of request.tables.entries()) {
    rows.push(await fill(session, request, staged[place]!.fresh, relation));
  }
  const note = (await request.note?.()) ?? null;
  const refs = staged.map(({ ref }) => ref);
  await withNames(session, refs, () => replaceAll(session, request, staged, note));
  await dropLeftovers(session, request, refs);
  return rows[0]!;
}

/** A result that would be refused need not be sent first. */
async function refuseEarly(session: MysqlSession, request: SwapRequest): Promise<void> {
  for (const { ref } of request.tables) {
    refuseSuperseded(await notedWrite(session, ref), ref, request);
  }
}

/** @returns rows written */
async function fill(
  session: MysqlSession,
  request: SwapRequest,
  name: string,
  relation: string,
): Promise<number> {
  const table = quoteName(ownSchema, name);
  const columns = await describeRelation(request.engine, relation);
  const columnsSql = columns.map(
    ({ name: column, type }) => `${quoteIdentifier(column)} ${typeOf(type)}`,
  );
  await session.run(
    `CREATE TABLE ${table} (${columnsSql.join(', ')})
     ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
     COMMENT = ${quoteText(markOf(request))}`,
  );
  let rows = 0;
  try {
    for await (const tuples of textsOf(request.engine, tuplesSql(columns, relation))) {
      const { affectedRows } = await session.run(`INSERT INTO ${table} VALUES ${tuples.join(',')}`);
      rows += affectedRows;
    }
  } catch (error) {
    // A later try of the task has taken the table away from under this one.
    if ((error as { errno?: number }).errno === 1146) await refuseEarly(session, request);
    throw error;
  }
  return rows;
}

/** Rows as they stand behind VALUES. */
function tuplesSql(columns: ColumnInfo[], relation: string): string {
  const cells = columns.map(({ name, type }) => {
    const column = quoteColumn(name);
    return `coalesce(${literalSql(column, type)}, 'NULL')`;
  });
  return `SELECT '(' || concat_ws(',', ${cells.join(', ')}) || ')' FROM ${relation}`;
}

function literalSql(column: string, type: string): string {
  if (type === 'BLOB') return `'X''' || hex(${column}) || ''''`;
  if (type === 'BOOLEAN') return `CAST(CAST(${column} AS TINYINT) AS VARCHAR)`;
  const text =
    type === 'TIMESTAMP WITH TIME ZONE'
      ? `CAST(${column} AT TIME ZONE 'UTC' AS VARCHAR)`
      : `CAST(${column} AS VARCHAR)`;
  // A backslash is a character like any other: sessions have NO_BACKSLASH_ESCAPES.
  return `'''' || replace(${text}, '''', '''''') || ''''`;
}

async function replaceAll(
  session: MysqlSession,
  request: SwapRequest,
  staged: Staged[],
  note: string | null,
): Promise<void> {
  const [result] = request.tables;
  const before = await lastWriteOf(session, result.ref);
  const kinds: (string | null)[] = [];
  for (const { ref } of staged) {
    const last = await notedWrite(session, ref);
    const kind = await kindOf(session, ref);
    if (last === null && kind !== null) throw foreignTable(ref);
    if (kind !== null && kind !== 'BASE TABLE') {
      throw new ConnectorError(
        `${ref.schema}.${ref.table} is no table; drop it or name another output.`,
      );
    }
    refuseSuperseded(last, ref, request);
    kinds.push(kind);
  }
  refuseOutdated(result.ref, before, request);
  for (const { ref } of staged) {
    if (await hasSchema(session, ref.schema)) continue;
    await session.run(`CREATE DATABASE IF NOT EXISTS ${quoteIdentifier(ref.schema)}`);
  }
  request.signal.throwIfAborted();
  await session.run('START TRANSACTION');
  for (const [place, { ref }] of staged.entries()) {
    await noteWrite(session, ref, request, place === 0 ? note : null);
  }
  await session.run('COMMIT');
  const moves = staged.flatMap(({ ref, fresh, former }, place) => {
    const target = quoteName(ref.schema, ref.table);
    const away = kinds[place] === null ? [] : [`${target} TO ${quoteName(ownSchema, former)}`];
    return [...away, `${quoteName(ownSchema, fresh)} TO ${target}`];
  });
  await session.run(`RENAME TABLE ${moves.join(', ')}`);
}

/** Drops tables of our database; none waits long for who uses one. */
async function dropOwn(session: MysqlSession, names: string[]): Promise<void> {
  if (names.length === 0) return;
  await session.run('SET SESSION lock_wait_timeout = 2');
  const tables = names.map((name) => quoteName(ownSchema, name)).join(', ');
  await session.run(`DROP TABLE IF EXISTS ${tables}`);
}

/** Drops what tries of this task that were killed have left, and very old tables of any. */
async function dropLeftovers(
  session: MysqlSession,
  request: SwapRequest,
  refs: TableRef[],
): Promise<void> {
  try {
    const rows = await session.query(
      `SELECT table_name, create_time < NOW() - INTERVAL 2 DAY FROM information_schema.tables
       WHERE table_schema = '${ownSchema}' AND table_name REGEXP '^(new|old)_'`,
    );
    const own = refs.map((ref) => {
      const { fresh } = stagedFor(ref, request);
      return fresh.slice('new_'.length, fresh.lastIndexOf('_') + 1);
    });
    const isLeft = (name: string) => {
      const prefix = own.find((candidate) => name.slice(4).startsWith(candidate));
      return prefix !== undefined && BigInt(name.slice(4 + prefix.length)) < request.fence;
    };
    const left = rows.flatMap(([name, isOld]) => (isOld === '1' || isLeft(name!) ? [name!] : []));
    await dropOwn(session, left);
  } catch {
    // The result is in its place; the next swap tries it again.
  }
}
