/** Copies columns of a table into the scratch folder, from one state of it. */
import path from 'node:path';
import type { PoolClient } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { pickColumns } from '../columns';
import type { DuckdbScan, RowFilter, ScanRequest } from '../connector';
import { decimalType, nullMark, scanOfCsv, writeCopy, type CopiedColumn } from '../csv-copy';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import { columnsOf, type PostgresColumn } from './catalog';
import type { PostgresConfig } from './config';
import { placeOf } from './errors';
import { breakOff, type PostgresSessions } from './sessions';

const plainTypes: Record<string, string> = {
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  bool: 'BOOLEAN',
  float4: 'FLOAT',
  float8: 'DOUBLE',
};

/** Type of DuckDB that holds every value of a column; what has none comes as PostgreSQL writes it. */
export function duckdbType({ builtIn, modifier }: PostgresColumn): string {
  if (builtIn === 'numeric' && modifier >= 0) {
    return decimalType(((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff);
  }
  return plainTypes[builtIn ?? ''] ?? 'VARCHAR';
}

/** Texts of these differ between PostgreSQL and DuckDB, which judges them then. */
function isJudgedLater(columns: PostgresColumn[], only: RowFilter): boolean {
  const floats = columns.filter(({ builtIn }) => ['float4', 'float8'].includes(builtIn ?? ''));
  return floats.some(({ name }) => only.columns.includes(name));
}

function conditionOf({ columns, texts }: RowFilter): string {
  // No text of PostgreSQL holds a NUL.
  const possible = texts.filter((text) => !text.includes('\0'));
  if (possible.length === 0) return 'false';
  const list = possible.map(quoteText).join(', ');
  return columns.map((name) => `${quoteIdentifier(name)}::text IN (${list})`).join(' OR ');
}

export async function prepareScan(
  sessions: PostgresSessions,
  config: PostgresConfig,
  request: ScanRequest,
): Promise<DuckdbScan> {
  const { ref, signal, scratchDir, only } = request;
  const file = path.join(scratchDir, `copy_${process.hrtime.bigint()}.csv`);
  const place = placeOf(config, ref);
  const { columns, later } = await sessions.transaction(
    { mode: 'read', signal },
    async (client) => {
      const present = await columnsOf(client, config, ref);
      const picked = pickColumns(present, request.columns, place);
      const filter = only && {
        ...only,
        columns: pickColumns(present, only.columns, place).map(({ name }) => name),
      };
      const isLater = filter !== undefined && isJudgedLater(picked, filter);
      const where = filter && !isLater ? ` WHERE ${conditionOf(filter)}` : '';
      const texts = picked.map(textOf).join(', ');
      const query = `SELECT ${texts} FROM ${quoteName(ref.schema, ref.table)}${where}`;
      await copy(client, query, file, signal);
      return { columns: picked, later: isLater ? only : undefined };
    },
  );
  return scanOfCsv({ file, columns: columns.map(copied), place, signal, only: later });
}

/** In what form a column comes: what DuckDB has a type for as it is, all else by its text. */
function textOf(column: PostgresColumn): string {
  const name = quoteIdentifier(column.name);
  return duckdbType(column) === 'VARCHAR' ? `${name}::text` : name;
}

function copied(column: PostgresColumn): CopiedColumn {
  const toldAs = column.isArray ? column.type : undefined;
  return { name: column.name, type: duckdbType(column), toldAs };
}

async function copy(
  client: PoolClient,
  query: string,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const format = `FORMAT csv, FORCE_QUOTE *, NULL ${quoteText(nullMark)}, ENCODING 'UTF8'`;
  try {
    await writeCopy(client.query(copyTo(`COPY (${query}) TO STDOUT (${format})`)), file, signal);
  } catch (error) {
    // The rest of the rows is on its way: nothing else can be said in this session.
    breakOff(client);
    throw error;
  }
}
