/** Brings the IDs of one table into the scratch database, normalised. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { DuckdbScan } from '../../../connectors/connector';
import { foldName } from '../../../connectors/sql-text';
import { JobError } from '../../../model/job-type';
import { idSql } from './id-sql';
import type { ComputeRequest, SourceTable } from './messages';
import { idColumnName, sourceTableName, type ReadTable } from './scratch';

function selectSql(table: SourceTable, scan: DuckdbScan): string {
  const types = new Map(scan.columns.map(({ name, type }) => [foldName(name), type]));
  const columns = table.idColumns.map(({ column, idType }, index) => {
    const type = types.get(foldName(column)) ?? 'VARCHAR';
    const sql = idSql(column, type, idType);
    if (sql === null) {
      throw new JobError(
        `${table.name}: the column "${column}" is of type ${type}; an ID column holds one value a row.`,
      );
    }
    return `${sql} AS ${idColumnName(index)}`;
  });
  return `SELECT ${columns.join(', ')} FROM ${scan.relation}`;
}

/** Reads while the scan is set up. @returns rows read, those without any ID included */
async function readRows(
  connection: DuckDBConnection,
  table: SourceTable,
  scan: DuckdbScan,
  place: number,
): Promise<number> {
  const select = selectSql(table, scan);
  try {
    for (const sql of scan.setup) await connection.run(sql);
    const result = await connection.run(`CREATE TABLE ${sourceTableName(place)} AS ${select}`);
    return Number((await result.getRowsJS())[0]?.[0]);
  } catch (error) {
    throw scan.explain(error);
  } finally {
    // A set-up that failed leaves nothing to undo, and its own error is the one to tell.
    for (const sql of scan.teardown) await connection.run(sql).catch(() => undefined);
  }
}

/** @throws ConnectorError, TablegateError or JobError with one sentence */
export async function readTable(
  connection: DuckDBConnection,
  request: ComputeRequest,
  place: number,
  signal: AbortSignal,
): Promise<ReadTable> {
  const table = request.tables[place] as SourceTable;
  const { filesRoots, scratchDir, fake } = request;
  const source = openConnection(table.connection, { filesRoots }, { fake });
  try {
    const columns = [...new Set(table.idColumns.map((idColumn) => idColumn.column))];
    const scan = await source.prepareScan({ ref: table.ref, columns, scratchDir, signal });
    const rows = await readRows(connection, table, scan, place);
    const idTypes = table.idColumns.map((idColumn) => idColumn.idType);
    return { name: table.name, place, rows, idTypes };
  } finally {
    await source.close();
  }
}
