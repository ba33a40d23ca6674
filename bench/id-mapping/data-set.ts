/** Writes the tables that are mapped, and counts what is in them. */
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../connectors/duckdb-engine';
import { quotePath, quoteText } from '../../connectors/sql-text';
import { sum } from '../support/statistics';
import { editedSql, macrosOf, rowsSql, shapeOf, tablesSql, type TableSql } from './data-set-sql';
import { withBenchEngine } from './engine';

export interface DataTable {
  name: string;
  /** Absolute path of its Parquet file. */
  file: string;
  columns: { column: string; idType: string }[];
}

export interface DataSet {
  /** Folder with one file a table. */
  dir: string;
  tables: DataTable[];
  counts: DataCounts;
}

interface DataCounts {
  rows: number;
  editedRows: number;
  /** Cells that hold an ID. */
  cells: number;
  /** Distinct IDs, by type and all together. */
  identifiersByType: Record<string, number>;
  identifiers: number;
  sizeMiB: number;
}

/**
 * Makes the data set of so many rows; the same every time.
 * @param dir is made
 * @param edits as `rowsSql` takes them
 */
export async function makeDataSet(
  dir: string,
  rows: number,
  edits: number | null,
): Promise<DataSet> {
  mkdirSync(dir, { recursive: true });
  return withBenchEngine(dir, async (connection) => {
    for (const macro of macrosOf(shapeOf(rows))) await connection.run(macro);
    const tables = tablesSql.map((table) => tableOf(dir, table));
    let editedRows = 0;
    for (const [place, table] of tablesSql.entries()) {
      const file = quoteText(tables[place]!.file);
      await connection.run(`COPY (${rowsSql(table, rows, edits)}) TO ${file} (FORMAT parquet)`);
      editedRows += await countOf(connection, editedSql(table, rows, edits));
    }
    return { dir, tables, counts: { ...(await countCells(connection, tables)), editedRows } };
  });
}

function tableOf(dir: string, { name, columns }: TableSql): DataTable {
  return {
    ...{ name, file: path.join(dir, `${name}.parquet`) },
    columns: columns.map(({ column, idType }) => ({ column, idType })),
  };
}

async function countOf(connection: DuckDBConnection, sql: string): Promise<number> {
  const [row] = await queryRows(connection, `SELECT count(*) AS count FROM (${sql})`);
  return Number(row?.count);
}

async function countCells(
  connection: DuckDBConnection,
  tables: DataTable[],
): Promise<Omit<DataCounts, 'editedRows'>> {
  let [rows, cells] = [0, 0];
  const columnsOf = new Map<string, string[]>();
  for (const { file, columns } of tables) {
    const relation = `read_parquet(${quotePath(file)})`;
    rows += await countOf(connection, `FROM ${relation}`);
    for (const { column, idType } of columns) {
      const ids = `SELECT ${column} AS id FROM ${relation} WHERE ${column} IS NOT NULL`;
      cells += await countOf(connection, ids);
      columnsOf.set(idType, [...(columnsOf.get(idType) ?? []), ids]);
    }
  }
  const identifiersByType: Record<string, number> = {};
  for (const [idType, columns] of columnsOf) {
    identifiersByType[idType] = await countOf(
      connection,
      `SELECT DISTINCT id FROM (${columns.join(' UNION ALL ')})`,
    );
  }
  const bytes = sum(tables.map(({ file }) => statSync(file).size));
  return {
    ...{ rows, cells, identifiersByType, identifiers: sum(Object.values(identifiersByType)) },
    sizeMiB: Math.round(bytes / 1024 ** 2),
  };
}

export function dataSetInWords({ counts, tables }: DataSet): string {
  const { rows, cells, identifiers, sizeMiB, editedRows } = counts;
  const edited = editedRows > 0 ? `, ${editedRows} of them edited` : '';
  return (
    `${rows} rows in ${tables.length} tables (${sizeMiB} MiB)${edited}: ` +
    `${cells} IDs, ${identifiers} distinct`
  );
}
