/** Scans a table of a task for the IDs that its rows hold. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { columnNames, idColumnsOf } from '../id-columns';
import { normalSql } from '../id-sql';
import type { ReadRequest, SourceTable } from '../messages';
import { scanTable } from '../scan-table';
import { typeRulesOf } from '../scratch';

export function idColumnName(column: number): string {
  return `id_${column}`;
}

/**
 * Scans a table of the task once.
 * @param read runs the SELECT of its columns `id_<n>`, normalised
 * @throws ConnectorError, TablegateError or JobError with one sentence
 */
export function scanIds<T>(
  engine: DuckDBConnection,
  request: ReadRequest,
  place: number,
  signal: AbortSignal,
  read: (sql: string) => Promise<T>,
): Promise<T> {
  const table = request.tables[place] as SourceTable;
  const rules = new Map(typeRulesOf(request).map((type) => [type.idType, type.rules]));
  const { connection, ref } = table;
  return scanTable(
    engine,
    request,
    { connection, ref, columns: columnNames(table), signal },
    (scan) => {
      const columns = idColumnsOf(table, scan);
      const texts = columns.map(({ text }, column) => `${text} AS text_${column}`);
      const ids = columns.map(
        ({ idType }, column) =>
          `${normalSql(`text_${column}`, rules.get(idType)!)} AS ${idColumnName(column)}`,
      );
      return `SELECT ${ids.join(', ')} FROM (SELECT ${texts.join(', ')} FROM ${scan.relation})`;
    },
    read,
  );
}
