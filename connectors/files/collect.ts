/** What a folder tells of its files: names, sizes and times, and of each file its beginning, or its end. */
import { stat } from 'node:fs/promises';
import {
  definitionOf,
  factsOf,
  type CollectedTable,
  type TableFacts,
  type UnreadTable,
} from '../../model/catalogue/collected';
import {
  sampledRows,
  tablesAtOnce,
  type CatalogueSource,
  type CollectRequest,
  type ValuesRequest,
} from '../collect';
import type { ColumnInfo, DuckdbScan, TableRef } from '../connector';
import { smallEngine, withEngine } from '../duckdb-engine';
import { profileRelation, sampleValues, valuesEngine } from '../duckdb-values';
import { messageOf } from '../message-of';
import { quotePath } from '../sql-text';
import { takenOf } from '../taken';
import { csvColumns, csvFirstRows, inspectHead } from './csv';
import { parquetError } from './errors';
import type { TableFile } from './folder';
import { parquetColumns, parquetRelation } from './parquet';

/** What of the connection is needed. */
export interface FilesAccess {
  /** The folder, read once: names of its tables, in order, and how each one's file is found. */
  all(): Promise<{ names: string[]; file(table: string): Promise<TableFile> }>;
  file(ref: TableRef): Promise<TableFile>;
  scan(request: ValuesRequest): Promise<DuckdbScan>;
}

/** The one schema of a folder. */
const schema = 'main';

export function filesCatalogue(access: FilesAccess): CatalogueSource {
  return {
    tables: (request) => readTables(access, request),
    async sample({ ref, columns, rows, scratchDir, signal }) {
      const file = await access.file(ref);
      if (file.format === 'csv') {
        const { rows: first } = await csvFirstRows(file, sampledRows);
        return first;
      }
      return withEngine(':memory:', valuesEngine(scratchDir), signal, async (connection) => {
        try {
          return await sampleValues(connection, parquetRelation(file), columns, rows);
        } catch (error) {
          throw parquetError(file.name, error);
        }
      });
    },
    async exactProfile(request) {
      const { scratchDir, signal, columns } = request;
      const scan = await access.scan(request);
      return withEngine(':memory:', valuesEngine(scratchDir), signal, async (connection) => {
        try {
          if (scan.cheapToRepeat) return await profileRelation(connection, scan.relation, columns);
          // Text is taken apart once; what does not fit into memory is spilled.
          await connection.run(`CREATE TEMP TABLE read AS SELECT * FROM ${scan.relation}`);
          return await profileRelation(connection, 'read', columns);
        } catch (error) {
          throw scan.explain(error);
        }
      });
    },
    statistics: () => null,
  };
}

async function* readTables(access: FilesAccess, { databases, takes, signal }: CollectRequest) {
  if (databases !== null && !databases.includes(schema)) return;
  const folder = await access.all();
  const names = await takenOf(folder.names, (table) => takes(schema, table), signal);
  for (let start = 0; start < names.length; start += tablesAtOnce) {
    const tables: CollectedTable[] = [];
    const unread: UnreadTable[] = [];
    for (const table of names.slice(start, start + tablesAtOnce)) {
      signal.throwIfAborted();
      try {
        tables.push(await readTable(await folder.file(table), table, signal));
      } catch (error) {
        signal.throwIfAborted();
        unread.push({ schema, table, error: messageOf(error) });
      }
    }
    yield { tables, unread };
  }
}

async function readTable(
  file: TableFile,
  table: string,
  signal: AbortSignal,
): Promise<CollectedTable> {
  const { size, mtime } = await stat(file.path);
  const { columns, rows } =
    file.format === 'parquet' ? await readParquet(file, signal) : await readCsv(file, size);
  return {
    schema,
    table,
    definition: definitionOf({
      kind: 'file',
      columns: columns.map(({ name, type }) => ({
        ...{ name, type },
        ...{ comment: null, nullable: null, default: null },
      })),
    }),
    facts: factsOf({ ...rows, bytes: size, changedAt: mtime.toISOString() }),
  };
}

type Read = { columns: ColumnInfo[]; rows: Pick<TableFacts, 'rows' | 'rowsExact'> };

/** A Parquet file knows how many rows it has. */
async function readParquet(file: TableFile, signal: AbortSignal): Promise<Read> {
  const columns = await parquetColumns(file, signal);
  return withEngine(':memory:', smallEngine, signal, async (connection) => {
    try {
      const sql = `SELECT num_rows::DOUBLE FROM parquet_file_metadata(${quotePath(file.path)})`;
      const [row] = (await connection.runAndReadAll(sql)).getRowsJS();
      return { columns, rows: { rows: Number(row?.[0]), rowsExact: true } };
    } catch (error) {
      throw parquetError(file.name, error);
    }
  });
}

/** Of text the rows are not known without reading all of it: only a file that was read whole has them. */
async function readCsv(file: TableFile, size: number): Promise<Read> {
  const columns = csvColumns((await inspectHead(file)).dialect);
  const { rows, more } = await csvFirstRows(file, countedRows);
  if (!more) return { columns, rows: { rows: rows.length, rowsExact: true } };
  const characters = rows.reduce((sum, row) => sum + lengthOf(row), 0);
  const estimated = file.compressed || characters === 0 ? null : (size * rows.length) / characters;
  return {
    columns,
    rows: { rows: estimated === null ? null : Math.round(estimated), rowsExact: false },
  };
}

/** Rows by which those of a longer file are estimated. */
const countedRows = 1_000;

/** Bytes of a row as it is written, about: each value and what parts it from the next. */
function lengthOf(row: readonly (string | null)[]): number {
  return row.reduce((sum, value) => sum + Buffer.byteLength(value ?? '') + 1, 0);
}
