/** Kind `duckdb`: one DuckDB file, opened for a use and closed again. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { CatalogueSource } from '../collect';
import { describeRelation, pickColumns, tableNotFound } from '../columns';
import {
  ConnectorError,
  type ColumnInfo,
  type Connection,
  type Connector,
  type ConnectorContext,
  type DuckdbScan,
  type HeldWrite,
  type RowSample,
  type ScanRequest,
  type SwapRequest,
  type TableRef,
} from '../connector';
import { queryRows, smallEngine, withEngine } from '../duckdb-engine';
import { ownSchema, refuseOwnSchema } from '../fencing';
import { fileSystemError } from '../file-system-error';
import { withLook, withTimedLook } from '../looks';
import { realRoots, resolveInRoots } from '../roots';
import { filtered } from '../row-filter';
import { sampleRelation } from '../row-sample';
import { rowNumberOf } from '../row-number';
import { foldName, quoteIdentifier, quoteName, quoteText } from '../sql-text';
import { duckdbCatalogue } from './collect';
import { duckdbConfigSchema, type DuckdbConfig } from './config';
import { duckdbError } from './errors';
import { attachFile, withAttachedFile, withDatabaseFile } from './open-file';
import { limitsIn } from './read-rows';
import { isTable, lastWriteOf, swapTables } from './swap';

export interface DuckdbTiming {
  /** How long a person's call waits for a file that another process holds. */
  callWaitMs: number;
  /** How long a run waits for it. */
  runWaitMs: number;
}

const usualTiming: DuckdbTiming = { callWaitMs: 5_000, runWaitMs: 60_000 };

class DuckdbConnection implements Connection {
  readonly #config: DuckdbConfig;
  readonly #filesRoots: string[];
  readonly #timing: DuckdbTiming;
  /** Ends what is held for an engine. */
  #letGo: (() => Promise<void>) | null = null;

  constructor(config: DuckdbConfig, context: ConnectorContext, timing: DuckdbTiming) {
    this.#config = config;
    this.#filesRoots = context.filesRoots;
    this.#timing = timing;
  }

  async check(): Promise<void> {
    await this.#file();
  }

  async test(): Promise<void> {
    const file = await this.#file();
    if (await exists(file)) {
      await this.#look(file, async () => undefined);
      return;
    }
    const folder = path.dirname(file);
    if (!(await exists(folder))) {
      throw new ConnectorError(`The folder ${folder} does not exist.`);
    }
  }

  async listTables(): Promise<TableRef[]> {
    const file = await this.#file();
    if (!(await exists(file))) return [];
    return this.#look(file, async (connection) => {
      const rows = await queryRows(connection, tablesSql(''));
      return rows.map((row) => ({ schema: String(row.schema), table: String(row.name) }));
    });
  }

  async describeTable(ref: TableRef): Promise<ColumnInfo[]> {
    const file = await this.#file();
    if (!(await exists(file))) throw tableNotFound(ref, path.basename(file));
    return this.#look(file, async (connection) => describe(connection, ref, file));
  }

  async firstRows(ref: TableRef, limit: number): Promise<RowSample> {
    const file = await this.#file();
    if (!(await exists(file))) throw tableNotFound(ref, path.basename(file));
    return withTimedLook(async (signal) => {
      const use = { ...(await this.#lookAt(file)), signal };
      return withDatabaseFile({ ...use, mode: 'read' }, async (connection) => {
        await describe(connection, ref, file);
        const relation = quoteName('opened', ref.schema, ref.table);
        return sampleRelation(connection, relation, limit);
      });
    });
  }

  /** A file that is not there yet has no tables. */
  catalogue(): CatalogueSource {
    return duckdbCatalogue(async ({ limits, signal }, work) => {
      const file = await this.#file();
      if (!(await exists(file))) {
        return withEngine(':memory:', limits, signal, async (connection) => {
          await connection.run(`ATTACH ':memory:' AS opened`);
          return work(connection);
        });
      }
      const spill = limits.spillDir === null ? [] : [limits.spillDir];
      const folders = [...(await realRoots(this.#filesRoots)), ...spill];
      const use = { file, waitMs: this.#timing.runWaitMs, signal, limits, folders };
      return withDatabaseFile({ ...use, mode: 'read' }, work);
    });
  }

  async prepareScan(request: ScanRequest): Promise<DuckdbScan> {
    const file = await this.#file();
    if (!(await exists(file))) throw tableNotFound(request.ref, path.basename(file));
    const held = await this.#hold(file, request);
    return held ?? this.#copy(file, request);
  }

  /** @returns null where the file is not to be held, or the table is a view: that may read any file */
  async #hold(file: string, request: ScanRequest): Promise<DuckdbScan | null> {
    const { ref, engine, mayHold = false, signal, waitMs = this.#timing.runWaitMs } = request;
    if (engine === undefined || !mayHold) return null;
    this.#letGo = await attachFile({ file, mode: 'read', waitMs, signal }, engine);
    if (!(await isTable(engine, ref))) {
      await this.close();
      return null;
    }
    const present = await describe(engine, ref, file);
    return {
      setup: [],
      relation: filtered(quoteName('opened', ref.schema, ref.table), request.only),
      rowNumber: null,
      columns: pickColumns(present, request.columns, path.basename(file)),
      teardown: [],
      cheapToRepeat: true,
      // Nobody writes it as long as it is held.
      isUnchanged: async () => true,
      explain: (error) => duckdbError(path.basename(file), error),
    };
  }

  /** The wanted columns and rows are copied into the scratch folder, so that the file is held briefly. */
  async #copy(file: string, request: ScanRequest): Promise<DuckdbScan> {
    const copyName = `copy_${process.hrtime.bigint()}`;
    const { scratchDir, signal, waitMs } = request;
    const copyFile = path.join(scratchDir, `${copyName}.duckdb`);
    const use = await this.#use(file, scratchDir, signal, waitMs);
    const columns = await withDatabaseFile({ ...use, mode: 'read' }, async (connection) => {
      const present = await describe(connection, request.ref, file);
      const picked = pickColumns(present, request.columns, path.basename(file));
      await copyRows(connection, request, picked, copyFile);
      return picked;
    });
    return {
      setup: [`ATTACH ${quoteText(copyFile)} AS ${copyName} (TYPE duckdb, READ_ONLY)`],
      relation: `${copyName}.main.copied`,
      rowNumber: rowNumberOf('table', columns),
      columns,
      teardown: [`DETACH ${copyName}`],
      cheapToRepeat: true,
      // It is a copy of the run's own.
      isUnchanged: async () => true,
      explain: (error) => duckdbError(path.basename(file), error),
    };
  }

  async targetKey(ref: TableRef): Promise<string> {
    return JSON.stringify([
      'duckdb',
      await this.#file(),
      foldName(ref.schema),
      foldName(ref.table),
    ]);
  }

  async swapIn(request: SwapRequest): Promise<number> {
    refuseOwnSchema(request.tables);
    const { engine, signal } = request;
    const use = { file: await this.#file(), waitMs: this.#timing.runWaitMs, signal };
    return withAttachedFile({ ...use, mode: 'write' }, engine, () => swapTables(request));
  }

  async lastWrite(ref: TableRef): Promise<HeldWrite | null> {
    const file = await this.#file();
    if (!(await exists(file))) return null;
    const folders = await realRoots(this.#filesRoots);
    const use = {
      file,
      waitMs: this.#timing.runWaitMs,
      signal: null,
      limits: smallEngine,
      folders,
    };
    return withDatabaseFile({ ...use, mode: 'read' }, (connection) => lastWriteOf(connection, ref));
  }

  async close(): Promise<void> {
    const letGo = this.#letGo;
    this.#letGo = null;
    await letGo?.();
  }

  /** Real path of the file, which may not be there yet. */
  async #file(): Promise<string> {
    try {
      const file = await resolveInRoots(this.#config.path, this.#filesRoots);
      if (!(await isFolder(file))) return file;
    } catch (error) {
      throw fileSystemError(this.#config.path, error);
    }
    throw new ConnectorError(`${this.#config.path} is a folder, not a DuckDB file.`);
  }

  /** A short look by a person's call. */
  async #look<T>(file: string, work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const use = { ...(await this.#lookAt(file)), signal: null };
    return withLook(() => withDatabaseFile({ ...use, mode: 'read' }, work));
  }

  async #lookAt(file: string) {
    const waitMs = this.#timing.callWaitMs;
    return { file, waitMs, limits: smallEngine, folders: await realRoots(this.#filesRoots) };
  }

  async #use(
    file: string,
    scratchDir: string,
    signal: AbortSignal,
    waitMs: number = this.#timing.runWaitMs,
  ) {
    const limits = limitsIn(scratchDir);
    const folders = [...(await realRoots(this.#filesRoots)), scratchDir];
    return { file, waitMs, signal, limits, folders };
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function isFolder(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

/** Tables and views of users; ours and DuckDB's own are left out. */
function tablesSql(condition: string): string {
  const own = quoteText(ownSchema);
  const where = `WHERE database_name = 'opened' AND NOT internal AND schema_name <> ${own} ${condition}`;
  return `
    SELECT schema_name AS schema, table_name AS name FROM duckdb_tables() ${where}
    UNION ALL
    SELECT schema_name, view_name FROM duckdb_views() ${where}
    ORDER BY schema, name`;
}

async function describe(
  connection: DuckDBConnection,
  ref: TableRef,
  file: string,
): Promise<ColumnInfo[]> {
  const { schema, table } = ref;
  const tables = await queryRows(connection, tablesSql(`AND schema_name = ${quoteText(schema)}`));
  if (!tables.some((row) => row.name === table)) throw tableNotFound(ref, path.basename(file));
  return describeRelation(connection, quoteName('opened', schema, table));
}

async function copyRows(
  connection: DuckDBConnection,
  { ref, only }: ScanRequest,
  columns: ColumnInfo[],
  copyFile: string,
): Promise<void> {
  const names = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  await connection.run(`ATTACH ${quoteText(copyFile)} AS copy (TYPE duckdb)`);
  await connection.run(
    `CREATE TABLE copy.main.copied AS
     SELECT ${names} FROM ${filtered(quoteName('opened', ref.schema, ref.table), only)}`,
  );
  await connection.run('DETACH copy');
}

/** @param timing how long a held file is waited for; shorter in tests */
export function createDuckdbConnector(timing: DuckdbTiming = usualTiming): Connector<DuckdbConfig> {
  return {
    type: 'duckdb',
    capabilities: {
      read: true,
      write: true,
      upsert: true,
      ddlInTransaction: true,
      parallelRead: false,
      dialect: 'duckdb',
    },
    configSchema: duckdbConfigSchema,
    secretFields: [],
    connect: (config, context) => new DuckdbConnection(config, context, timing),
  };
}
