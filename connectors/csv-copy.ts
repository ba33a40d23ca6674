/**
 * Tables of servers on their way into DuckDB: written as CSV into the scratch folder in which every
 * value but NULL is quoted, so that nothing can be mistaken, and brought into Parquet from there.
 */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConnectorError, type DuckdbScan, type RowFilter } from './connector';
import { withEngine, type EngineLimits } from './duckdb-engine';
import { fileSystemError } from './file-system-error';
import { messageOf } from './message-of';
import { copyToParquet } from './parquet-copy';
import { filtered } from './row-filter';
import { rowNumberOf } from './row-number';
import { quoteIdentifier, quotePath, quoteText } from './sql-text';

/** What stands for NULL; not quoted, as every value is. */
export const nullMark = '\\N';

/** A column of such a file. */
export interface CopiedColumn {
  name: string;
  /** Type of DuckDB that holds all its values. */
  type: string;
  /** What it is told to be where that is no type of single values, for instance `integer[]`. */
  toldAs?: string | undefined;
}

/** Most digits of a number that DuckDB counts with. */
const mostDigits = 38;

/** Type of DuckDB for a decimal number of so many digits, of which `scale` stand behind the point. */
export function decimalType(digits: number, scale: number): string {
  return digits <= mostDigits && scale <= digits ? `DECIMAL(${digits},${scale})` : 'VARCHAR';
}

/** As what a type is read: DuckDB makes long decimals of texts a hundred times as slowly. */
function readAs(type: string): string {
  return /^DECIMAL\((19|[23]\d),0\)$/.test(type) ? 'HUGEINT' : type;
}

export interface CsvCopy {
  file: string;
  columns: CopiedColumn[];
  /** The table, for messages. */
  place: string;
  signal: AbortSignal;
  /** Rows that are to be left out still; undefined: the file holds only the wanted ones. */
  only: RowFilter | undefined;
}

/** What the disk of the scratch folder says, as against the way to the server. */
const diskCodes = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'EROFS', 'EMFILE', 'EACCES', 'ENOENT'];

/**
 * Writes such a file as fast as its content comes; one that is not whole is removed.
 * @throws ConnectorError where the disk does not take it; what `content` throws; the signal's reason
 */
export async function writeCopy(
  content: Readable | AsyncIterable<Buffer>,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await pipeline(content, createWriteStream(file, { highWaterMark: 1 << 20 }), { signal });
  } catch (error) {
    await rm(file, { force: true });
    signal.throwIfAborted();
    const code = (error as NodeJS.ErrnoException).code ?? '';
    throw diskCodes.includes(code) ? fileSystemError(file, error) : error;
  }
}

const memoryMiB = 256;
/** Longest row, in bytes; DuckDB keeps buffers of several such rows. The second try costs more. */
const longestRows = [
  { maxLine: 2_000_000, buffer: 32_000_000, threads: 2 },
  { maxLine: 32_000_000, buffer: 72_000_000, threads: 1 },
];

/**
 * Makes a scan over the rows of a CSV file, which is removed.
 * @throws ConnectorError naming the table; the signal's reason
 */
export async function scanOfCsv(copy: CsvCopy): Promise<DuckdbScan> {
  const parquet = `${copy.file}.parquet`;
  try {
    await convert(copy, parquet);
  } finally {
    await rm(copy.file, { force: true });
  }
  return {
    setup: [],
    relation: filtered(`read_parquet(${quotePath(parquet)})`, copy.only),
    rowNumber: copy.only === undefined ? rowNumberOf('parquet', copy.columns) : null,
    columns: copy.columns.map(({ name, type, toldAs }) => ({ name, type: toldAs ?? type })),
    teardown: [],
    cheapToRepeat: true,
    // It is a copy of the run's own.
    isUnchanged: async () => true,
    explain: (error) => unreadable(copy.place, error),
  };
}

async function convert(copy: CsvCopy, parquet: string): Promise<void> {
  for (const [tries, { maxLine, buffer, threads }] of longestRows.entries()) {
    const limits: EngineLimits = {
      ...{ threads, memoryMiB },
      spillDir: path.join(path.dirname(copy.file), 'spill'),
    };
    const columns = copy.columns.map(({ name, type }) => {
      const column = quoteIdentifier(name);
      return `CAST(${column} AS ${type}) AS ${column}`;
    });
    const sql = `SELECT ${columns.join(', ')} FROM ${relationOver(copy, maxLine, buffer)}`;
    try {
      await withEngine(':memory:', limits, copy.signal, (engine) =>
        copyToParquet(engine, sql, parquet),
      );
      return;
    } catch (error) {
      copy.signal.throwIfAborted();
      const isTooLong = /maximum line size|max_line_size/i.test(messageOf(error));
      if (!isTooLong) throw unreadable(copy.place, error);
      if (tries + 1 < longestRows.length) continue;
      const megabytes = maxLine / 1_000_000;
      throw new ConnectorError(`${copy.place}: a row is longer than ${megabytes} MB.`);
    }
  }
}

function relationOver({ file, columns }: CsvCopy, maxLine: number, buffer: number): string {
  const types = columns.map(({ name, type }) => `${quoteText(name)}: '${readAs(type)}'`);
  const options = [
    quotePath(file),
    ...['auto_detect=false', "compression='none'", "delim=','", `quote='"'`, `escape='"'`],
    ...['header=false', "new_line='\\n'", 'allow_quoted_nulls=false', 'strict_mode=true'],
    ...['null_padding=false', 'ignore_errors=false', `nullstr=${quoteText(nullMark)}`],
    ...[`columns={${types.join(', ')}}`, `max_line_size=${maxLine}`, `buffer_size=${buffer}`],
  ];
  return `read_csv(${options.join(', ')})`;
}

function unreadable(place: string, error: unknown): Error {
  if (error instanceof ConnectorError) return error;
  const [firstLine] = messageOf(error).split('\n', 1);
  return new ConnectorError(`${place}: ${firstLine}`, { cause: error });
}

const quote = 0x22;
const comma = 0x2c;
const newline = 0x0a;
const chunkBytes = 256 * 1024;

/** Rows of texts in UTF-8 as chunks of such a file. */
export async function* csvChunks(
  rows: AsyncIterable<(Buffer | null)[]>,
): AsyncGenerator<Buffer, void> {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let used = 0;
  for await (const row of rows) {
    // Each byte may be a quote that is doubled; beside them stand quotes and a comma.
    const most = row.reduce((sum, value) => sum + 2 * (value?.length ?? 0) + 3, 1);
    if (used + most > chunk.length) {
      yield chunk.subarray(0, used);
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, most));
      used = 0;
    }
    used = writeRow(chunk, used, row);
  }
  yield chunk.subarray(0, used);
}

function writeRow(chunk: Buffer, start: number, row: (Buffer | null)[]): number {
  let at = start;
  for (const [place, value] of row.entries()) {
    if (place > 0) chunk[at++] = comma;
    if (value === null) {
      at += chunk.write(nullMark, at, 'latin1');
      continue;
    }
    chunk[at++] = quote;
    at = writeQuoted(chunk, at, value);
    chunk[at++] = quote;
  }
  chunk[at++] = newline;
  return at;
}

/** Copies a value with its quotes doubled. */
function writeQuoted(chunk: Buffer, start: number, value: Buffer): number {
  let at = start;
  let from = 0;
  for (;;) {
    const found = value.indexOf(quote, from);
    if (found === -1) return at + value.copy(chunk, at, from);
    at += value.copy(chunk, at, from, found + 1);
    chunk[at++] = quote;
    from = found + 1;
  }
}
