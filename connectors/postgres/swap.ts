/**
 * Puts a finished result in the place of the former one, fenced, in one transaction. The rows come
 * into temporary tables first, so that nothing of the target is locked while they come; the target
 * keeps its identity, and so its grants, indexes and the views over it, unless its columns change.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { PoolClient } from 'pg';
import { describeRelation } from '../columns';
import { ConnectorError, type ColumnInfo, type SwapRequest, type TableRef } from '../connector';
import { textsOf } from '../engine-texts';
import { foreignTable, refuseOutdated, refuseOwnSchema, refuseSuperseded } from '../fencing';
import { quoteIdentifier, quoteName } from '../sql-text';
import { copyInto } from './copy-in';
import {
  ensureNotes,
  ensureSchema,
  kindOf,
  lastWriteOf,
  lockName,
  notedWrite,
  noteWrite,
} from './notes';
import type { PostgresSessions } from './sessions';

/** By the types of DuckDB that need no digits; what is not named here is written as text. */
const typeNames: Record<string, string> = {
  BOOLEAN: 'boolean',
  TINYINT: 'smallint',
  SMALLINT: 'smallint',
  INTEGER: 'integer',
  BIGINT: 'bigint',
  UTINYINT: 'smallint',
  USMALLINT: 'integer',
  UINTEGER: 'bigint',
  UBIGINT: 'numeric(20,0)',
  HUGEINT: 'numeric(39,0)',
  UHUGEINT: 'numeric(39,0)',
  FLOAT: 'real',
  DOUBLE: 'double precision',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP: 'timestamp',
  'TIMESTAMP WITH TIME ZONE': 'timestamptz',
  UUID: 'uuid',
  BLOB: 'bytea',
};

function typeOf(type: string): string {
  const digits = /^DECIMAL\((\d+),(\d+)\)$/.exec(type);
  if (digits) return `numeric(${digits[1]},${digits[2]})`;
  return typeNames[type] ?? 'text';
}

/** A relation with the temporary table that its rows come into. */
interface Staged {
  ref: TableRef;
  columns: ColumnInfo[];
  /** Quoted, with its schema. */
  table: string;
}

/** @returns rows written into the first table */
export async function swapTables(
  sessions: PostgresSessions,
  request: SwapRequest,
): Promise<number> {
  refuseOwnSchema(request.tables);
  refuseLongNames(...request.tables.flatMap(({ ref }) => [ref.schema, ref.table]));
  await ensureNotes(sessions, request.signal);
  return sessions.transaction({ mode: 'write', signal: request.signal }, async (client) => {
    await refuseEarly(client, request);
    const staged: Staged[] = [];
    for (const [place, { ref, relation }] of request.tables.entries()) {
      const table = `pg_temp.${quoteIdentifier(`tablegate_${place}`)}`;
      const columns = await describeRelation(request.engine, relation);
      refuseLongNames(...columns.map(({ name }) => name));
      await client.query(`CREATE TEMP TABLE ${quoteIdentifier(`tablegate_${place}`)}
        (${columnsSql(columns)}) ON COMMIT DROP`);
      await bringRows(client, request.engine, table, columns, relation);
      staged.push({ ref, columns, table });
    }
    const note = (await request.note?.()) ?? null;
    return replaceAll(client, request, staged, note);
  });
}

/** Most bytes of a name: PostgreSQL cuts longer ones without a word. */
const longestName = 63;

function refuseLongNames(...names: string[]): void {
  const long = names.find((name) => Buffer.byteLength(name) > longestName);
  if (long === undefined) return;
  throw new ConnectorError(
    `The name "${long}" is longer than the ${longestName} bytes that PostgreSQL keeps of it; choose a shorter one.`,
  );
}

/** A result that would be refused need not be sent first. */
async function refuseEarly(client: PoolClient, request: SwapRequest): Promise<void> {
  for (const { ref } of request.tables) {
    refuseSuperseded(await notedWrite(client, ref), ref, request);
  }
}

function columnsSql(columns: ColumnInfo[]): string {
  return columns.map(({ name, type }) => `${quoteIdentifier(name)} ${typeOf(type)}`).join(', ');
}

/** Rows in PostgreSQL's text format. */
function linesSql(columns: ColumnInfo[], relation: string): string {
  const cells = columns.map(({ name, type }) => {
    const column = quoteIdentifier(name);
    const text = type === 'BLOB' ? `'\\x' || hex(${column})` : `CAST(${column} AS VARCHAR)`;
    const escapes = [
      ['chr(92)', 'chr(92) || chr(92)'],
      ['chr(10)', `chr(92) || 'n'`],
      ['chr(13)', `chr(92) || 'r'`],
      ['chr(9)', `chr(92) || 't'`],
    ];
    const escaped = escapes.reduce((sql, [from, to]) => `replace(${sql}, ${from}, ${to})`, text);
    return `coalesce(${escaped}, chr(92) || 'N')`;
  });
  return `SELECT concat_ws(chr(9), ${cells.join(', ')}) || chr(10) FROM ${relation}`;
}

async function bringRows(
  client: PoolClient,
  engine: DuckDBConnection,
  table: string,
  columns: ColumnInfo[],
  relation: string,
): Promise<void> {
  const sql = `COPY ${table} FROM STDIN (ENCODING 'UTF8')`;
  await copyInto(client, sql, async (copy) => {
    for await (const texts of textsOf(engine, linesSql(columns, relation))) {
      await copy.put(Buffer.from(texts.join('')));
    }
  });
}

async function replaceAll(
  client: PoolClient,
  request: SwapRequest,
  staged: Staged[],
  note: string | null,
): Promise<number> {
  const names = staged.map(({ ref }) => JSON.stringify([ref.schema, ref.table])).toSorted();
  for (const name of names) await lockName(client, name);
  const [result] = request.tables;
  const before = await lastWriteOf(client, result.ref);
  for (const [place, { ref }] of staged.entries()) {
    const last = await notedWrite(client, ref);
    if (last === null && (await kindOf(client, ref)) !== null) throw foreignTable(ref);
    refuseSuperseded(last, ref, request);
    await noteWrite(client, ref, request, place === 0 ? note : null);
  }
  refuseOutdated(result.ref, before, request);
  const rows: number[] = [];
  for (const table of staged) rows.push(await replaceTable(client, table));
  return rows[0]!;
}

/** @returns rows written */
async function replaceTable(client: PoolClient, { ref, columns, table }: Staged): Promise<number> {
  const target = quoteName(ref.schema, ref.table);
  await ensureSchema(client, ref.schema);
  const kind = await kindOf(client, ref);
  if (kind !== null && !['r', 'p'].includes(kind)) {
    throw new ConnectorError(
      `${ref.schema}.${ref.table} is no table; drop it or name another output.`,
    );
  }
  const isSame = kind !== null && (await hasColumns(client, target, table));
  if (kind !== null && !isSame) await client.query(`DROP TABLE ${target}`);
  if (!isSame) await client.query(`CREATE TABLE ${target} (${columnsSql(columns)})`);
  // Readers go on with the former rows; other writers wait.
  await client.query(`LOCK TABLE ${target} IN SHARE ROW EXCLUSIVE MODE`);
  await client.query(`DELETE FROM ${target}`);
  const { rowCount } = await client.query(`INSERT INTO ${target} SELECT * FROM ${table}`);
  return rowCount ?? 0;
}

/** Whether two tables have the same columns in the same order. */
async function hasColumns(client: PoolClient, target: string, other: string): Promise<boolean> {
  const { rows } = await client.query<{ columns: string }>(
    `SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(attname,
       pg_catalog.format_type(atttypid, atttypmod)) ORDER BY attnum)::text, '') AS columns
     FROM pg_catalog.pg_attribute
     WHERE attrelid IN ($1::pg_catalog.regclass, $2::pg_catalog.regclass)
       AND attnum > 0 AND NOT attisdropped
     GROUP BY attrelid`,
    [target, other],
  );
  return rows.length === 2 && rows[0]!.columns === rows[1]!.columns;
}
