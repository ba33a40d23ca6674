/**
 * The rows of the tables that hold IDs of a user, as numbers. One table `lines_<n>` a table of the
 * task, with a column `c_<n>` for each of its ID columns: rows with the same IDs of the user are one
 * line, and all else that stands in them is left out, so that it joins nobody.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../../connectors/duckdb-engine';
import { chunksOf, numbersOf } from '../../../../connectors/duckdb-vectors';
import { quoteText } from '../../../../connectors/sql-text';
import { noId } from '../links';
import type { SourceTable } from '../messages';
import type { Lines } from './chain';
import type { LookUpRequest } from './messages';
import { refusalOf, tooLarge } from './refusals';
import { idColumnName, scanIds } from './scan-ids';

/** What `findChain` makes of so many cells stays below 1 GiB. */
const mostCells = 50_000_000;

export function linesName(place: number): string {
  return `lines_${place}`;
}

/** Names of the columns of `lines_<n>` that hold IDs. */
export function cellNames({ idColumns }: SourceTable): string[] {
  return idColumns.map((_, column) => `c_${column}`);
}

function linesSql(table: SourceTable, select: string): string {
  const cells = cellNames(table);
  const numbers = cells.map((cell, column) => `m_${column}.id AS ${cell}`);
  const joins = table.idColumns.map(
    ({ idType }, column) =>
      `LEFT JOIN members m_${column} ON m_${column}.id_type = ${quoteText(idType)}
         AND m_${column}.id_value = s.${idColumnName(column)}`,
  );
  return `SELECT ${cells.join(', ')}, count(*)::UINTEGER AS row_count
    FROM (SELECT ${numbers.join(', ')} FROM (${select}) s ${joins.join(' ')})
    WHERE coalesce(${cells.join(', ')}) IS NOT NULL
    GROUP BY ALL ORDER BY ALL`;
}

/**
 * Scans a table of the task once and makes its `lines_<n>`. The parent cancels by killing this
 * process.
 * @throws TablegateError in words of the look-up
 */
export async function gatherLines(
  engine: DuckDBConnection,
  request: LookUpRequest,
  place: number,
): Promise<void> {
  const table = request.tables[place] as SourceTable;
  const { signal } = new AbortController();
  try {
    await scanIds(engine, request, place, signal, async (select) => {
      await engine.run(`CREATE TABLE ${linesName(place)} AS ${linesSql(table, select)}`);
    });
  } catch (error) {
    throw refusalOf(table.name, error);
  }
}

/** @returns for each table of the task, in its order, rows that hold an ID of `members` */
export async function countRows(
  engine: DuckDBConnection,
  tables: SourceTable[],
): Promise<{ table: string; rows: number }[]> {
  const counted: { table: string; rows: number }[] = [];
  for (const [place, { name }] of tables.entries()) {
    const sum = `SELECT coalesce(sum(row_count), 0) AS rows FROM ${linesName(place)}`;
    const [row] = await queryRows(engine, sum);
    counted.push({ table: name, rows: Number(row?.rows) });
  }
  return counted;
}

/** The condition of lines that join anything. */
function joining(table: SourceTable): string {
  return `len(list_distinct([${cellNames(table).join(', ')}])) > 1`;
}

/** Streams the lines of a table that join anything into arrays. */
async function loadTable(
  engine: DuckDBConnection,
  table: SourceTable,
  place: number,
  count: number,
): Promise<Lines> {
  const columns = table.idColumns.map(() => new Uint32Array(count));
  const rows = new Uint32Array(count);
  if (count === 0) return { columns, rows };
  const cells = cellNames(table);
  const sql = `SELECT ${cells.map((cell) => `coalesce(${cell}, ${noId}::UINTEGER)`).join(', ')}, row_count
    FROM ${linesName(place)} WHERE ${joining(table)} ORDER BY rowid`;
  let line = 0;
  for await (const chunk of chunksOf(engine, sql)) {
    const { rowCount } = chunk;
    for (const [column, array] of [...columns, rows].entries()) {
      array.set(numbersOf(chunk, column).subarray(0, rowCount), line);
    }
    line += rowCount;
  }
  return { columns, rows };
}

/** @throws TablegateError lookUpTooLarge for a user in more rows than memory holds */
export async function loadLines(engine: DuckDBConnection, tables: SourceTable[]): Promise<Lines[]> {
  const counts: number[] = [];
  let cells = 0;
  for (const [place, table] of tables.entries()) {
    const lines = `SELECT count(*) AS lines FROM ${linesName(place)} WHERE ${joining(table)}`;
    const [row] = await queryRows(engine, lines);
    const count = Number(row?.lines);
    counts.push(count);
    cells += count * table.idColumns.length;
  }
  if (cells > mostCells) {
    throw tooLarge(`The user stands in too many rows for a look-up: ${cells} cells.`);
  }
  const loaded: Lines[] = [];
  for (const [place, table] of tables.entries()) {
    loaded.push(await loadTable(engine, table, place, counts[place] as number));
  }
  return loaded;
}
