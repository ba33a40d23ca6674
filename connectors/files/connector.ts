/** Kind `files`: a folder of CSV and Parquet files, each a table of schema `main`; read only. */
import { stat } from 'node:fs/promises';
import type { CatalogueSource } from '../collect';
import { pickColumns } from '../columns';
import {
  ConnectorError,
  type ColumnInfo,
  type Connection,
  type Connector,
  type ConnectorContext,
  type DuckdbScan,
  type RowSample,
  type ScanRequest,
  type TableRef,
} from '../connector';
import { withLook, withTimedLook } from '../looks';
import { filtered } from '../row-filter';
import { rowNumberOf } from '../row-number';
import { filesCatalogue } from './collect';
import { filesConfigSchema, type FilesConfig } from './config';
import { csvColumns, csvFirstRows, csvRelation, inspectCsv, inspectHead } from './csv';
import { csvError, parquetError } from './errors';
import {
  findTableFile,
  pickTableFile,
  refuseSharedName,
  resolveFolder,
  tableFiles,
  type TableFile,
} from './folder';
import { parquetColumns, parquetFirstRows, parquetRelation } from './parquet';

class FilesConnection implements Connection {
  readonly #config: FilesConfig;
  readonly #filesRoots: string[];

  constructor(config: FilesConfig, context: ConnectorContext) {
    this.#config = config;
    this.#filesRoots = context.filesRoots;
  }

  async check(): Promise<void> {
    await this.#folder();
  }

  async test(): Promise<void> {
    for (const [table, files] of await tableFiles(await this.#folder())) {
      refuseSharedName(table, files);
    }
  }

  /** A name that two files share is listed once; using it is refused. */
  async listTables(): Promise<TableRef[]> {
    const tables = [...(await tableFiles(await this.#folder())).keys()].toSorted();
    return tables.map((table) => ({ schema: 'main', table }));
  }

  /** Of a CSV file only the beginning is looked at; a run examines all of it. */
  async describeTable(ref: TableRef): Promise<ColumnInfo[]> {
    const file = await this.#file(ref);
    if (file.format === 'parquet') return withLook(() => parquetColumns(file, null));
    return csvColumns((await withLook(() => inspectHead(file))).dialect);
  }

  /** Of a CSV file only the beginning is looked at, however long its lines are. */
  async firstRows(ref: TableRef, limit: number): Promise<RowSample> {
    const file = await this.#file(ref);
    if (file.format === 'csv') return withLook(() => csvFirstRows(file, limit));
    return withTimedLook((signal) => parquetFirstRows(file, limit, signal));
  }

  catalogue(): CatalogueSource {
    return filesCatalogue({
      all: async () => {
        const folder = await this.#folder();
        const tables = await tableFiles(folder);
        return {
          names: [...tables.keys()].toSorted(),
          file: (table) =>
            pickTableFile({ folder, tables }, { schema: 'main', table }, this.#filesRoots),
        };
      },
      file: (ref) => this.#file(ref),
      scan: ({ ref, columns, scratchDir, signal }) => {
        const names = columns.map(({ name }) => name);
        return this.prepareScan({ ref, columns: names, scratchDir, signal });
      },
    });
  }

  async prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    const { signal, only } = request;
    const file = await this.#file(request.ref);
    const before = await stateOf(file);
    const isUnchanged = async () => (await stateOf(file)) === before;
    if (file.format === 'parquet') {
      const present = await parquetColumns(file, signal, request.engine);
      const columns = pickColumns(present, request.columns, file.name);
      const rowNumber = only === undefined ? rowNumberOf('parquet', present) : null;
      const relation = filtered(parquetRelation(file), only);
      const explain = (error: unknown) => parquetError(file.name, error);
      const scan = { setup: [], relation, rowNumber, columns, teardown: [], explain };
      return { ...scan, cheapToRepeat: true, isUnchanged };
    }
    const csv = await inspectCsv(file, signal);
    const columns = pickColumns(csvColumns(csv.dialect), request.columns, file.name);
    const relation = filtered(await csvRelation(file, csv, request.scratchDir, signal), only);
    const explain = (error: unknown) => csvError(file.name, error);
    const scan = { setup: [], relation, rowNumber: null, columns, teardown: [], explain };
    return { ...scan, cheapToRepeat: false, isUnchanged };
  }

  async targetKey(): Promise<string> {
    throw holdsNoResult();
  }

  async lastWrite(): Promise<null> {
    throw holdsNoResult();
  }

  async swapIn(): Promise<number> {
    throw holdsNoResult();
  }

  async close(): Promise<void> {
    // Nothing is held between uses.
  }

  async #folder(): Promise<string> {
    return resolveFolder(this.#config.path, this.#filesRoots);
  }

  async #file(ref: TableRef) {
    return findTableFile(await this.#folder(), ref, this.#filesRoots);
  }
}

/** What becomes another text when a file is written, or another one takes its name. */
async function stateOf({ path }: TableFile): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null ? 'gone' : [found.dev, found.ino, found.size, found.mtimeNs].join(' ');
}

function holdsNoResult(): ConnectorError {
  return new ConnectorError(
    'A connection of kind files cannot hold a result; use one of kind duckdb.',
  );
}

export const filesConnector: Connector<FilesConfig> = {
  type: 'files',
  capabilities: {
    read: true,
    write: false,
    upsert: false,
    ddlInTransaction: false,
    parallelRead: false,
    dialect: null,
  },
  configSchema: filesConfigSchema,
  secretFields: [],
  connect: (config, context) => new FilesConnection(config, context),
};
