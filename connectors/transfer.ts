/**
 * How rows move between sources and targets: typed columns, batches of rows, and what each kind
 * reads with (`read-rows.ts`) and writes with (`write-rows.ts`). Both open for the length of a
 * call. Whoever aborts the signal ends them, on the servers too; a target is then as it was.
 */
import type { FileOptions, ReadColumn, WritePlan } from '../model/script-plan';
import type { Cell, TransferColumn } from '../model/transfer-types';
import { ConnectorError, type ConnectorContext, type TableRef } from './connector';

export interface Batch {
  rows: Cell[][];
  /** What the rows take on their way, about. */
  bytes: number;
  /** Rows that the source could not give. */
  broken: BrokenRow[];
}

/** A row that could not be read or written. */
export interface BrokenRow {
  reason: string;
  /** The row as far as it is known, cut. */
  row: string;
}

export type TakeBatch = (batch: Batch) => Promise<void>;

/** What may be read at the same time as the others. */
export interface RowPart {
  /** Place of its table among those that are asked for; queries come first. */
  table: number;
  /** Left out: those of the source. Tables that are read one after the other may differ in types. */
  columns?: TransferColumn[];
  read(take: TakeBatch): Promise<void>;
}

/** Whether parts with these columns hold the same types, so that a quick way may take them alike. */
export function haveSameTypes(all: readonly TransferColumn[][]): boolean {
  const namesOf = (columns: TransferColumn[]) =>
    JSON.stringify(columns.map(({ vendorType }) => vendorType));
  return new Set(all.map(namesOf)).size < 2;
}

export interface RowSource {
  columns: TransferColumn[];
  parts: RowPart[];
  /** About how many rows there are; null: not known. */
  rowsAbout: number | null;
  /** Ways past the rows, for targets that know them. */
  fast: FastSource;
  /** Says in our words what was thrown while rows were read. */
  explain(error: unknown): Error;
}

/** Reads all parts, as many at once as the source lets; `take` may be called by several. */
export async function takeAll(
  parts: ((take: TakeChunk) => Promise<void>)[],
  take: TakeChunk,
): Promise<void> {
  const ends = await Promise.allSettled(parts.map((part) => part(take)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

/** Bytes with whole rows. */
export interface Chunk {
  bytes: Buffer;
  rows: number;
}

/** Takes the bytes before its promise is fulfilled: others are written over them then. */
export type TakeChunk = (chunk: Chunk) => Promise<void>;

export interface FastSource {
  /** PostgreSQL's binary COPY, without its header and trailer. */
  binaryCopy?: {
    /** Type of each column with its modifier, as in `numeric(10,2)`. */
    types: string[];
    /** The types by their ids, for decoding. */
    typeIds: number[];
    parts: ((take: TakeChunk) => Promise<void>)[];
  };
  /**
   * A relation that any engine of DuckDB can read after `setup` that may read the files of `paths`;
   * `rowsAbout` is exact then.
   */
  relation?: { setup: string[]; sql: string; types: string[]; paths: string[] };
  /** A text that PostgreSQL's COPY reads as it lies there. */
  csv?: CsvText;
}

export interface CsvText {
  files: string[];
  gzip: boolean;
  delimiter: string;
  header: boolean;
  /** What stands for NULL; where there are several, no COPY knows them. */
  nullText: string;
  /** Columns of the files in their order. */
  columns: string[];
  /** For each column of the source its place in the files; null: it is not one of the files. */
  places: (number | null)[];
}

export interface ReadRequest {
  config: Record<string, unknown>;
  context: ConnectorContext;
  tables: { schema: string | null; table: string }[];
  queries: string[];
  paths: string[];
  columns: '*' | ReadColumn[];
  where: string | null;
  splitPk: string | null;
  session: string[];
  file: FileOptions;
  channels: number;
  scratchDir: string;
  signal: AbortSignal;
}

export type ReadRows = <T>(
  request: ReadRequest,
  use: (source: RowSource) => Promise<T>,
) => Promise<T>;

/** A column of the source and the one that it goes into. */
export interface ColumnPair {
  source: number;
  target: TransferColumn;
}

/** May end the copy by throwing. */
export type RefuseRow = (place: number, reason: string) => void;

/** What feeds a target. */
export interface RowSink {
  pairs: ColumnPair[];
  /** Says in our words what was thrown while rows were written. */
  explain(error: unknown): Error;
  /** @param refuse told of each row that the target does not take, by its place; the others are in */
  write(rows: Cell[][], refuse: RefuseRow): Promise<void>;
  /**
   * Takes a whole source by a way past the rows, where there is one that changes nothing.
   * @returns rows; null where there is none, or it was refused: nothing was taken then
   */
  takeFast(
    source: RowSource,
    meter: (chunk: { bytes: number; rows: number }) => Promise<void>,
  ): Promise<number | null>;
}

export interface WriteRequest {
  config: Record<string, unknown>;
  context: ConnectorContext;
  plan: WritePlan;
  sourceColumns: TransferColumn[];
  /** Id of the task. */
  writer: string;
  /** See `model/fence.ts`. */
  fence: bigint;
  scratchDir: string;
  signal: AbortSignal;
}

/** What a target remembers of a copy, in the transaction of its rows. */
export interface CopyTotals {
  rowsRead: number;
  rowsWritten: number;
  dirty: number;
}

/** @returns what is remembered: told when the sink has all rows, before anything is committed */
export type Feed = (sink: RowSink) => Promise<CopyTotals>;

/** Rows that only the whole table refuses: all of them counted, some of them shown. */
export interface RefusedLate {
  count: number;
  samples: BrokenRow[];
}

/**
 * Told of such rows when the sink has all rows.
 * @returns what is remembered then; ends the copy by throwing where there are too many
 */
export type RefuseLate = (refused: RefusedLate) => Promise<CopyTotals>;

export interface WriteRows {
  /**
   * Whether a try of the same run has committed already.
   * @throws SupersededError where a later run has
   */
  committed(request: Omit<WriteRequest, 'sourceColumns'>): Promise<CopyTotals | null>;
  /**
   * All of what `feed` brings, or nothing.
   * @throws SupersededError, AlreadyCommitted, ConnectorError; what `feed` and `refuseLate` throw
   */
  write(request: WriteRequest, feed: Feed, refuseLate: RefuseLate): Promise<CopyTotals>;
}

/** Thrown where an earlier try of the same run turns out to have committed after all. */
export class AlreadyCommitted extends ConnectorError {
  constructor(readonly totals: CopyTotals) {
    super('An earlier try of this run has committed.');
    this.name = 'AlreadyCommitted';
  }
}

/** The table of a plan, in the schema of the connection where it names none. */
export function refOf(
  { schema, table }: { schema: string | null; table: string },
  usualSchema: string,
): TableRef {
  return { schema: schema ?? usualSchema, table };
}

/** Characters of a row that a sample keeps. */
const shownCharacters = 300;

/** A row for people, cut. */
export function rowInWords(cells: readonly (Cell | undefined)[]): string {
  let text = '';
  for (const cell of cells) {
    if (text.length > shownCharacters) break;
    text += (text === '' ? '' : ', ') + cellInWords(cell ?? null);
  }
  return cut(text);
}

function cellInWords(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'string') return JSON.stringify(cut(cell));
  return `0x${Buffer.from(cell.subarray(0, 40)).toString('hex')}${cell.length > 40 ? '…' : ''}`;
}

/** At most so many characters, never half of one. */
export function cut(text: string, most = shownCharacters): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}…`;
}
