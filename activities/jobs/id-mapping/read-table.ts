/** Brings the IDs of one table into the scratch database, normalised. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DuckdbScan } from '../../../connectors/connector';
import { foldName } from '../../../connectors/sql-text';
import { rulesOf } from '../../../model/id-rules';
import { JobError } from '../../../model/job-type';
import { normalSql, rawSql } from './id-sql';
import type { ReadRequest, SourceTable } from './messages';
import { scanTable } from './scan-table';
import { idColumnName, sourceTableName, type ReadTable } from './scratch';

/** Columns `id_<n>` of normalised texts. */
function selectSql(table: SourceTable, scan: DuckdbScan): string {
  const types = new Map(scan.columns.map(({ name, type }) => [foldName(name), type]));
  const texts = table.idColumns.map(({ column }, index) => {
    const type = types.get(foldName(column)) ?? 'VARCHAR';
    const sql = rawSql(column, type);
    if (sql === null) {
      throw new JobError(
        `${table.name}: the column "${column}" is of type ${type}; an ID column holds one value a row.`,
      );
    }
    return `${sql} AS ${idColumnName(index)}`;
  });
  const ids = table.idColumns.map(({ idType }, index) => {
    const name = idColumnName(index);
    return `${normalSql(name, rulesOf(idType, undefined))} AS ${name}`;
  });
  return `SELECT ${ids.join(', ')} FROM (SELECT ${texts.join(', ')} FROM ${scan.relation})`;
}

/**
 * Scans a table of the task once.
 * @param read runs the SELECT of its columns `id_<n>`
 * @throws ConnectorError, TablegateError or JobError with one sentence
 */
export function scanIds<T>(
  connection: DuckDBConnection,
  request: ReadRequest,
  place: number,
  signal: AbortSignal,
  read: (sql: string) => Promise<T>,
): Promise<T> {
  const table = request.tables[place] as SourceTable;
  const columns = [...new Set(table.idColumns.map((idColumn) => idColumn.column))];
  const wanted = { connection: table.connection, ref: table.ref, columns, signal };
  return scanTable(connection, request, wanted, (scan) => selectSql(table, scan), read);
}

/** @throws ConnectorError, TablegateError or JobError with one sentence */
export async function readTable(
  connection: DuckDBConnection,
  request: ReadRequest,
  place: number,
  signal: AbortSignal,
): Promise<ReadTable> {
  const table = request.tables[place] as SourceTable;
  const rows = await scanIds(connection, request, place, signal, async (select) => {
    const result = await connection.run(`CREATE TABLE ${sourceTableName(place)} AS ${select}`);
    return Number((await result.getRowsJS())[0]?.[0]);
  });
  const idTypes = table.idColumns.map((idColumn) => idColumn.idType);
  return { name: table.name, place, rows, idTypes };
}
