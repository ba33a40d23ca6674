/** Numbers for IDs: every distinct (type, value) gets one, and rows become rows of numbers. */
import { DuckDBDataChunk, UINTEGER, type DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { JobError } from '../../../model/job-type';
import { noId, type LinkTable } from './components';
import { idColumnName, sourceTableName, type IdRange, type ReadTable } from './scratch';

/** The cells of one type in all tables, with the place of their table. */
function cellsOfType(tables: ReadTable[], idType: string): string {
  const parts = tables.flatMap((table) =>
    table.idTypes.flatMap((type, column) =>
      type === idType
        ? [
            `SELECT ${idColumnName(column)} AS value, ${table.place} AS source
            FROM ${sourceTableName(table.place)}`,
          ]
        : [],
    ),
  );
  return parts.join(' UNION ALL ');
}

/**
 * Makes `ids`: each distinct ID once with the first table that holds it, types in the given order,
 * values in the order of their bytes. Its row number is the ID's number.
 */
export async function numberIds(
  connection: DuckDBConnection,
  tables: ReadTable[],
  idTypes: string[],
): Promise<IdRange[]> {
  await connection.run('CREATE TABLE ids (type USMALLINT, value VARCHAR, first_source USMALLINT)');
  const ranges: IdRange[] = [];
  let start = 0;
  for (const [type, idType] of idTypes.entries()) {
    await connection.run(
      `INSERT INTO ids SELECT ${type}, value, min(source) FROM (${cellsOfType(tables, idType)})
       WHERE value IS NOT NULL GROUP BY value ORDER BY value`,
    );
    const [row] = await queryRows(
      connection,
      'SELECT count(*) AS count, coalesce(max(rowid) + 1, 0) AS numbers FROM ids',
    );
    const end = Number(row?.count);
    if (end !== Number(row?.numbers)) throw new Error('row numbers of ids have gaps');
    if (end >= noId) throw new JobError('There are more than 4 billion distinct IDs.');
    ranges.push({ idType, start, end });
    start = end;
  }
  return ranges;
}

/** Streams (row, number of the ID) of one column into an array. */
async function loadColumn(
  connection: DuckDBConnection,
  table: ReadTable,
  column: number,
  type: number,
): Promise<Uint32Array> {
  const numbers = new Uint32Array(table.rows).fill(noId);
  const result = await connection.stream(
    `SELECT s.rowid::UINTEGER, i.rowid::UINTEGER
     FROM ${sourceTableName(table.place)} s JOIN ids i
     ON i.value = s.${idColumnName(column)} AND i.type = ${type}`,
  );
  let next = result.fetchChunk();
  for (let chunk = await next; chunk !== null && chunk.rowCount > 0; chunk = await next) {
    next = result.fetchChunk();
    const rows = chunk.getColumnVector(0);
    const ids = chunk.getColumnVector(1);
    for (let at = 0; at < chunk.rowCount; at += 1) {
      numbers[rows.getItem(at) as number] = ids.getItem(at) as number;
    }
  }
  return numbers;
}

/** The rows of a table as numbers, a column at a time. A table with one ID column links nobody. */
export async function loadLinks(
  connection: DuckDBConnection,
  table: ReadTable,
  idTypes: string[],
): Promise<LinkTable> {
  if (table.idTypes.length < 2) return [];
  const columns: LinkTable = [];
  for (const [column, idType] of table.idTypes.entries()) {
    columns.push(await loadColumn(connection, table, column, idTypes.indexOf(idType)));
  }
  return columns;
}

/** DuckDB's own size of a chunk. */
const chunkRows = 2048;

/** Makes `components (id, root)` of the linked IDs; those left out are not in it. */
export async function storeComponents(
  connection: DuckDBConnection,
  roots: Uint32Array,
): Promise<void> {
  await connection.run('CREATE TABLE components (id UINTEGER, root UINTEGER)');
  const appender = await connection.createAppender('components');
  try {
    for (let start = 0; start < roots.length; start += chunkRows) {
      const linked: [number, number][] = [];
      for (let id = start; id < Math.min(start + chunkRows, roots.length); id += 1) {
        const root = roots[id] as number;
        if (root !== noId) linked.push([id, root]);
      }
      if (linked.length === 0) continue;
      const chunk = DuckDBDataChunk.create([UINTEGER, UINTEGER], linked.length);
      chunk.setColumnValues(
        0,
        linked.map(([id]) => id),
      );
      chunk.setColumnValues(
        1,
        linked.map(([, root]) => root),
      );
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}
