/** Rows of a relation of DuckDB as a transfer has them: texts of SQL and bytes. */
import type { DuckDBBlobValue, DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import type { Cell, TransferColumn } from '../model/transfer-types';
import { chunksOf } from './duckdb-vectors';
import { quoteIdentifier } from './sql-text';
import type { Batch, TakeBatch } from './transfer';

/** Rows that are handed on together, unless they are large. */
const batchRows = 8_192;
const batchBytes = 4 << 20;
/** Rows between two looks at how large they are: of texts of a megabyte, a chunk has too many. */
const stepRows = 64;

/** A column as it is read: bytes as they are, all else as text. */
function cellSql({ name, type }: TransferColumn): string {
  const column = quoteIdentifier(name);
  if (type.kind === 'bytes' || type.kind === 'text') return column;
  const asText = `CAST(${column} AS VARCHAR)`;
  if (type.kind !== 'float') return asText;
  return `CASE ${asText} WHEN 'inf' THEN 'Infinity' WHEN '-inf' THEN '-Infinity' WHEN 'nan' THEN 'NaN' ELSE ${asText} END`;
}

/** Hands on all rows of a relation whose columns are these. */
export async function readRelation(
  connection: DuckDBConnection,
  relation: string,
  columns: TransferColumn[],
  take: TakeBatch,
): Promise<void> {
  const cells = columns.map(cellSql).join(', ');
  let batch: Batch = { rows: [], bytes: 0, broken: [] };
  for await (const chunk of chunksOf(connection, `SELECT ${cells} FROM ${relation}`)) {
    for (let from = 0; from < chunk.rowCount; from += stepRows) {
      batch.bytes += addRows(chunk, from, columns, batch.rows);
      if (batch.rows.length < batchRows && batch.bytes < batchBytes) continue;
      await take(batch);
      batch = { rows: [], bytes: 0, broken: [] };
    }
  }
  if (batch.rows.length > 0) await take(batch);
}

/**
 * Adds some of the rows, from one of them on.
 * @returns bytes that were added, about
 */
function addRows(
  chunk: DuckDBDataChunk,
  from: number,
  columns: TransferColumn[],
  rows: Cell[][],
): number {
  const end = Math.min(from + stepRows, chunk.rowCount);
  const shift = rows.length - from;
  for (let row = from; row < end; row += 1) rows.push(Array.from({ length: columns.length }));
  let bytes = 0;
  for (let index = 0; index < columns.length; index += 1) {
    const isBytes = columns[index]!.type.kind === 'bytes';
    const vector = chunk.getColumnVector(index);
    for (let row = from; row < end; row += 1) {
      const item = vector.getItem(row) as string | DuckDBBlobValue | null;
      const cell = item === null ? null : isBytes ? (item as DuckDBBlobValue).bytes : String(item);
      rows[shift + row]![index] = cell;
      bytes += cell === null ? 1 : cell.length;
    }
  }
  return bytes;
}
