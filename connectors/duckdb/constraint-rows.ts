/**
 * Which rows the constraints of a table refuse, told apart by asking for each constraint after
 * another: DuckDB says only that one of them did. Of rows with one key the first is taken.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '../message-of';
import { queryRows } from '../duckdb-engine';
import { quoteIdentifier, quoteName, quoteText } from '../sql-text';
import { rowInWords, type ColumnPair, type RefusedLate } from '../transfer';
import { isOf, type Target } from './target';

/** Most rows that are shown. */
const mostSamples = 20;

export function isOfConstraint(error: unknown): boolean {
  return messageOf(error).startsWith('Constraint Error');
}

/** Places of refused rows with the reason. */
const refused = 'temp.main.refused';

/** Keeps out what was refused before. */
export const notRefused = `file_row_number NOT IN (SELECT place FROM ${refused})`;

interface Candidates {
  /** Rows that are not refused yet, with all columns of the table, under its name. */
  relation: string;
  table: string;
}

interface Asked {
  target: Target;
  pairs: ColumnPair[];
  /** Query of the rows under the names of their columns, with `file_row_number`. */
  rows: string;
  /** Rows replace those of their primary key. */
  replaces: boolean;
}

/**
 * Notes the rows that may not come in; the table holds already what stays in it.
 * @throws what DuckDB says of a constraint that cannot be asked for
 */
export async function refuseRows(
  connection: DuckDBConnection,
  { target, pairs, rows, replaces }: Asked,
): Promise<RefusedLate> {
  await connection.run(`CREATE OR REPLACE TEMP TABLE refused (place BIGINT, reason VARCHAR)`);
  const { ref } = target;
  const candidates: Candidates = {
    relation: await candidatesOf(connection, target, pairs, rows),
    table: quoteName('opened', ref.schema, ref.table),
  };
  for (const constraint of await constraintsOf(connection, target)) {
    if (replaces && constraint.kind === 'PRIMARY KEY') continue;
    await connection.run(refusingSql(constraint, candidates));
  }
  for (const expressions of await uniqueIndexes(connection, target)) {
    await connection.run(duplicatesSql(expressions, candidates));
  }
  return refusedOf(connection, pairs, rows);
}

/** What a column holds that the rows do not bring is its default. */
async function candidatesOf(
  connection: DuckDBConnection,
  { ref }: Target,
  pairs: ColumnPair[],
  rows: string,
): Promise<string> {
  const columns = await queryRows(
    connection,
    `SELECT column_name AS name, column_default AS usual, data_type AS type
     FROM duckdb_columns() WHERE ${isOf(ref)} ORDER BY column_index`,
  );
  const brought = new Set(pairs.map(({ target: { name } }) => name));
  const cells = columns.map(({ name, usual, type }) => {
    const quoted = quoteIdentifier(String(name));
    if (brought.has(String(name))) return quoted;
    return `CAST((${usual === null ? 'NULL' : String(usual)}) AS ${String(type)}) AS ${quoted}`;
  });
  return `(SELECT ${cells.join(', ')}, file_row_number FROM (${rows}) WHERE ${notRefused}) AS ${quoteIdentifier(ref.table)}`;
}

interface Constraint {
  kind: string;
  /** As it stands in the table. */
  text: string;
  expression: string;
  columns: string[];
  referenced: { table: string; columns: string[] };
}

/** Those of values first: a row that they refuse holds no key. */
async function constraintsOf(connection: DuckDBConnection, { ref }: Target): Promise<Constraint[]> {
  const rows = await queryRows(
    connection,
    `SELECT constraint_type, constraint_text, expression, constraint_column_names,
       referenced_table, referenced_column_names
     FROM duckdb_constraints() WHERE ${isOf(ref)}
     ORDER BY constraint_type IN ('PRIMARY KEY', 'UNIQUE'), constraint_index`,
  );
  return rows.map((row) => ({
    kind: String(row.constraint_type),
    text: String(row.constraint_text),
    expression: String(row.expression),
    columns: row.constraint_column_names as string[],
    referenced: {
      table: quoteName('opened', ref.schema, String(row.referenced_table)),
      columns: (row.referenced_column_names ?? []) as string[],
    },
  }));
}

async function uniqueIndexes(connection: DuckDBConnection, { ref }: Target): Promise<string[][]> {
  const rows = await queryRows(
    connection,
    `SELECT expressions::VARCHAR[] AS expressions FROM duckdb_indexes()
     WHERE is_unique AND NOT is_primary AND ${isOf(ref)} ORDER BY index_name`,
  );
  return rows.map((row) => row.expressions as string[]);
}

function refusingSql(constraint: Constraint, candidates: Candidates): string {
  const { kind, text, expression, columns, referenced } = constraint;
  const names = columns.map(quoteIdentifier);
  const where = (reason: string, condition: string) =>
    `INSERT INTO ${refused} SELECT file_row_number, ${reason} FROM ${candidates.relation} WHERE ${condition}`;
  switch (kind) {
    case 'NOT NULL':
      return where(
        quoteText(`${columns.join()}: NULL in a column that takes none`),
        `${names.join()} IS NULL`,
      );
    case 'CHECK':
      return where(quoteText(`it does not meet ${text}`), `(${expression}) IS FALSE`);
    case 'FOREIGN KEY': {
      const keys = referenced.columns.map(quoteIdentifier);
      const isKey = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
      const isWhole = names.map((name) => `${name} IS NOT NULL`).join(' AND ');
      return where(
        quoteText(`no such row for ${text}`),
        `${isWhole} AND (${names.join(', ')}) NOT IN (SELECT (${keys.join(', ')}) FROM ${referenced.table} WHERE ${isKey})`,
      );
    }
    default:
      return duplicatesSql(names, candidates);
  }
}

/** @param expressions SQL of the parts of the key */
function duplicatesSql(expressions: string[], { relation, table }: Candidates): string {
  const keys = expressions.map((_, index) => `k${index}`);
  const cells = expressions.map((expression, index) => `${expression} AS k${index}`);
  const isWhole = keys.map((key) => `${key} IS NOT NULL`).join(' AND ');
  const list = keys.join(', ');
  const name = quoteText(`duplicate key (${expressions.join(', ')}): `);
  return `INSERT INTO ${refused}
    SELECT place, ${name} || concat_ws(', ', ${list}) FROM (
      SELECT *, row_number() OVER (PARTITION BY ${list} ORDER BY place) AS nth FROM (
        SELECT file_row_number AS place, ${cells.join(', ')} FROM ${relation})
      WHERE ${isWhole})
    WHERE nth > 1 OR (${list}) IN (SELECT (${expressions.join(', ')}) FROM ${table})`;
}

async function refusedOf(
  connection: DuckDBConnection,
  pairs: ColumnPair[],
  rows: string,
): Promise<RefusedLate> {
  const [count] = await queryRows(connection, `SELECT count(*) AS count FROM ${refused}`);
  const cells = pairs.map(({ target: { name } }) => `CAST(${quoteIdentifier(name)} AS VARCHAR)`);
  const shown = await connection.runAndReadAll(
    `SELECT reason, ${cells.join(', ')} FROM (${rows}) JOIN ${refused} ON place = file_row_number
     ORDER BY place LIMIT ${mostSamples}`,
  );
  const samples = shown.getRowsJS().map(([reason, ...row]) => ({
    reason: String(reason),
    row: rowInWords(row.map((cell) => (cell === null ? null : String(cell)))),
  }));
  return { count: Number(count?.count), samples };
}
