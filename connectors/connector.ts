/**
 * The one interface behind which every kind of data source stands. One folder a kind, with the
 * same files (`config.ts`, `connector.ts`, `errors.ts`), one shared test suite over all.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { z } from 'zod';
import type { CatalogueSource } from './collect';

/** Most rows of a sample. */
export const mostSampledRows = 200;

/** A table inside a connection; the connection's own name is not part of it. */
export interface TableRef {
  schema: string;
  table: string;
}

export interface ColumnInfo {
  name: string;
  /** The type as the source names it, for instance `VARCHAR`. */
  type: string;
}

/** The first rows of a table, every value as text; long texts are cut and end in `…`. */
export interface RowSample {
  columns: ColumnInfo[];
  rows: (string | null)[][];
  /** Whether the table has more rows. */
  more: boolean;
}

/** What a connector can do, as data: callers ask here, never by the name of the kind. */
export interface ConnectorCapabilities {
  read: boolean;
  /** Can hold a job's result (`swapIn`). */
  write: boolean;
  /** Rows can be put by a key that the table has: inserted, or replaced where the key is there. */
  upsert: boolean;
  /** Tables are made and dropped inside a transaction, and are undone with it. */
  ddlInTransaction: boolean;
  /** One table can be read over several sessions at once that all see the same state of it. */
  parallelRead: boolean;
  /** What its statements are written in (`querySql`, conditions); null: it takes none. */
  dialect: 'duckdb' | 'postgres' | 'mysql' | null;
}

/**
 * How DuckDB reads a table of this source. `setup` is run first, in order (for instance ATTACH);
 * `relation` then stands in a FROM clause. Sources that DuckDB cannot read itself copy the wanted
 * columns into a file of `scratchDir` and give a relation over that file.
 */
export interface DuckdbScan {
  setup: string[];
  relation: string;
  /** SQL of the number of a row of the relation, from 0 on; null: it has none. */
  rowNumber: string | null;
  columns: ColumnInfo[];
  /** Undoes `setup` (DETACH …); run when the reading is over, also after a failure. */
  teardown: string[];
  /** The relation may be read several times; false: whoever needs it again copies it first. */
  cheapToRepeat: boolean;
  /** Whether the relation still holds what it held when the scan was prepared. */
  isUnchanged(): Promise<boolean>;
  /** Says in our words what DuckDB threw while the relation was read (CSV is judged row by row). */
  explain(error: unknown): Error;
}

/** The rows that hold one of the texts, exactly as it is, in one of the columns. */
export interface RowFilter {
  /** Among those that are read; at least one. */
  columns: string[];
  /** At least one. */
  texts: string[];
}

export interface ScanRequest {
  ref: TableRef;
  /** The columns that will be read; a missing one is a `columnNotFound` refusal that names it. */
  columns: string[];
  /** Only these rows are in the relation, and copied where the source has to be; left out: all. */
  only?: RowFilter;
  /** How long a source that is held by others is waited for; left out: as long as a run waits. */
  waitMs?: number;
  /** A folder of the run's own, removed after it. */
  scratchDir: string;
  signal: AbortSignal;
  /** The engine that reads, where it is one of ours: no other is opened to look at a file. */
  engine?: DuckDBConnection;
  /**
   * Whether it reads at once: a source that would be copied to be held briefly may be held for it
   * until the connection is closed instead.
   */
  mayHold?: boolean;
}

/** A table with its whole new content. */
export interface SwapTable {
  ref: TableRef;
  /** What the table is to hold, as it stands in a FROM clause of the engine. */
  relation: string;
}

/** Whose result a target holds. */
export interface LastWrite {
  writer: string;
  fence: bigint;
}

/** The same with what its writer has noted. */
export interface HeldWrite extends LastWrite {
  /** Null: nothing, or the note is of a swap that did not come to its end. */
  note: string | null;
}

/** A finished result on its way into its target. */
export interface SwapRequest {
  /** The caller's engine, in which the results are relations; it may be used while they are read. */
  engine: DuckDBConnection;
  /** Replaced together; the first is the result, the others lie beside it. */
  tables: [SwapTable, ...SwapTable[]];
  /** Id of the task that writes; each table of a target is one task's at a time. */
  writer: string;
  /**
   * Grows with every run of the task and every try within it. The swap is refused with
   * `SupersededError` when the writer's last swap had a higher one. Compared inside the target's
   * own transaction, as `startedAtMs` is.
   */
  fence: bigint;
  /**
   * When this try began, in milliseconds since 1970. The fences of two tasks say nothing about each
   * other: a swap is refused with `SupersededError` when another writer's came after this time.
   */
  startedAtMs: number;
  /**
   * For a result that builds on the former one: the write that it was made from (null: there was
   * none). The swap is refused with `OutdatedError` when another has come since, or when that one has
   * come into its place since: until then the former rows are there under its fence, and no note.
   */
  basedOn?: HeldWrite | null;
  /**
   * What the target is to keep with the first table, for who asks for its last write: put there
   * with the rows, or not at all. Called when the relations have been read, maybe more than once.
   */
  note?: () => Promise<string>;
  signal: AbortSignal;
}

/** Thrown by `swapIn` when a later run or try, or another task, has written since. */
export class SupersededError extends Error {
  /** @param lastFence fence of the writer's own last swap; null where another writer's came between */
  constructor(
    message: string,
    readonly lastFence: bigint | null = null,
  ) {
    super(message);
    this.name = 'SupersededError';
  }
}

/** Thrown by `swapIn` when the result that the new one builds on is not there any more. */
export class OutdatedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'OutdatedError';
  }
}

/**
 * What a source or target said, in our words. The message is one sentence a person understands
 * and names the table or file; `cause` holds the vendor's own error.
 */
export class ConnectorError extends Error {
  /**
   * Whether the same may work later with nothing changed here: a server that starts again, a file
   * that another process holds. False: somebody has to do something first.
   */
  readonly retryable: boolean;

  constructor(message: string, options: { cause?: unknown; retryable?: boolean } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'ConnectorError';
    this.retryable = options.retryable ?? false;
  }
}

/** An open connection to one configured source. Methods throw ConnectorError or TablegateError. */
export interface Connection {
  /**
   * Proves that the config can mean something, before it is saved: a path lies below an allowed
   * folder once `..` and links are resolved (`pathOutsideRoots` refusal). A folder to read from must
   * be there, a file to write into not yet. Opens nothing.
   */
  check(): Promise<void>;
  /** Proves that the source can be reached; throws with one sentence that says why not. */
  test(): Promise<void>;
  /** All tables, ordered by schema and name. */
  listTables(): Promise<TableRef[]>;
  /** Columns of one table in their order; `tableNotFound` refusal when it is not there. */
  describeTable(ref: TableRef): Promise<ColumnInfo[]>;
  /**
   * The first rows, for people to look at: bounded in time and memory, whatever the table holds.
   * @param limit most rows, at most `mostSampledRows`
   */
  firstRows(ref: TableRef, limit: number): Promise<RowSample>;
  /** What it tells of itself for the catalogue; opens nothing yet. */
  catalogue(): CatalogueSource;
  prepareScan(request: ScanRequest): Promise<DuckdbScan>;
  /**
   * What a table to write into really is: the same text for the same place, however the connection,
   * its path and the names are spelled. Opens nothing, and the place need not be there yet.
   */
  targetKey(ref: TableRef): Promise<string>;
  /** Who has written a table of results last; null: nobody, or it is not there. */
  lastWrite(ref: TableRef): Promise<HeldWrite | null>;
  /**
   * Replaces whole tables by the content of relations in one transaction of the target:
   * readers see the former result or the new one. Creates schema and tables when missing.
   * @returns rows written into the first table
   * @throws SupersededError, OutdatedError, ConnectorError; the target is then as it was
   */
  swapIn(request: SwapRequest): Promise<number>;
  close(): Promise<void>;
}

/** What a connector needs of its surroundings. */
export interface ConnectorContext {
  /** Folders (absolute) below which file paths must lie, links resolved. */
  filesRoots: string[];
}

/** The code of one kind of source. */
export interface Connector<Config = unknown> {
  type: string;
  capabilities: ConnectorCapabilities;
  /** Shape of `config`, secrets included. */
  configSchema: z.ZodType<Config>;
  /** Names of the config fields that are secret: stored encrypted, never answered. */
  secretFields: string[];
  /** Names of the fields that say where secrets go: they are not kept when one of these changes. */
  secretsFor?: string[];
  /** Opens nothing yet. */
  connect(config: Config, context: ConnectorContext): Connection;
}
