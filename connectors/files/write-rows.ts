/**
 * Writes a file of a folder: whole and on disk beside its place first, then renamed into it. Readers
 * see the former file or the new one.
 */
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { once } from 'node:events';
import { pipeline } from 'node:stream/promises';
import { PassThrough, type Transform } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { mapColumns } from '../../model/column-mapping';
import { DirtyValue } from '../../model/dirty-value';
import { TablegateError } from '../../model/errors';
import { plainText, type Cell, type TransferColumn } from '../../model/transfer-types';
import { ConnectorError } from '../connector';
import { readsOnce, smallEngine, withEngine } from '../duckdb-engine';
import { duckdbTypeLike, typeOfDuckdb } from '../duckdb/types';
import { fileSystemError } from '../file-system-error';
import { messageOf } from '../message-of';
import { copyToParquet } from '../parquet-copy';
import { resolveInRoots } from '../roots';
import { quotePath } from '../sql-text';
import { StagedRows } from '../staged-rows';
import type { ColumnPair, Feed, RefuseRow, RowSink, WriteRequest, WriteRows } from '../transfer';
import { folderOf, formatOf, tableFile, type ChosenFile } from './choose-files';
import { commitCopy, committedCopy, identityOf, type CopyPlace } from './copy-commit';
import { dataxNull, delimiterOf } from './csv-text';
import { csvForm, jsonForm, type LineForm } from './row-text';
import { inspectHead } from './csv';
import { filesConfigSchema } from './config';
import { pathInFolder } from './folder';

type Request = Omit<WriteRequest, 'sourceColumns'>;

interface Target extends CopyPlace {
  name: string;
  format: ChosenFile['format'];
  gzip: boolean;
  byPath: boolean;
  /** The file is there and its rows are kept. */
  appends: boolean;
}

const usualEndings = { csv: '.csv', parquet: '.parquet', jsonl: '.jsonl' };

async function targetOf(request: Request): Promise<Target> {
  const { plan, context, config, writer, fence } = request;
  const folder = await folderOf(config, context.filesRoots);
  const byPath = plan.table === null;
  const { filesRoots } = context;
  const within = { folder, filesRoots, configured: filesConfigSchema.parse(config).path };
  const place = byPath ? pathInFolder(plan.path!, within) : folder;
  const given = byPath ? plan.fileName! : await nameOfTable(folder, request);
  const format = formatOf(given, plan.file);
  const gzip = plan.file.gzip || /\.gz$/i.test(given);
  const whole =
    tableFile.test(given) || (format === 'parquet' && given.endsWith('.parquet'))
      ? given
      : `${given}${usualEndings[format]}${gzip && format !== 'parquet' ? '.gz' : ''}`;
  // A path takes another file for each run, as DataX has it; a table is one file.
  const name = byPath && plan.mode === 'append' ? ofThisRun(whole, fence) : whole;
  const target = await resolveInRoots(path.join(place, name), context.filesRoots);
  await mkdir(path.dirname(target), { recursive: true });
  const isThere = (await stat(target).catch(() => null)) !== null;
  const appends = isThere && !byPath && plan.mode === 'append';
  return { target, writer, fence, name, format, gzip, byPath, appends };
}

function ofThisRun(name: string, fence: bigint): string {
  const dot = name.indexOf('.', 1);
  const run = String(fence >> 20n);
  return dot < 0 ? `${name}__${run}` : `${name.slice(0, dot)}__${run}${name.slice(dot)}`;
}

/** The file that holds the table already, else one of the usual ending. */
async function nameOfTable(folder: string, { plan }: Request): Promise<string> {
  const { schema, table } = plan.table!;
  if ((schema ?? 'main') !== 'main') {
    throw new ConnectorError(`A folder has the schema main only; there is no ${schema}.`);
  }
  if (/[/\\\0]|^\./.test(table)) throw new ConnectorError(`"${table}" is no name of a file.`);
  const names = await readdir(folder);
  const found = names.filter((name) => tableFile.exec(name)?.[1] === table);
  if (found.length > 1) {
    throw new ConnectorError(`The files ${found.join(' and ')} are both the table main.${table}.`);
  }
  return plan.file.format === null && found[0] !== undefined ? found[0] : table;
}

/** @throws TablegateError where a file of that name is there */
async function refuseConflict({ target, name }: Target, { plan }: Request): Promise<void> {
  if (plan.mode !== 'nonConflict') return;
  const names = await readdir(path.dirname(target));
  const prefix = plan.fileName ?? name;
  const found = names.find((one) => one.startsWith(prefix));
  if (found !== undefined) {
    throw new TablegateError(
      'invalidInput',
      `There is a file ${found} already, and the mode is nonConflict.`,
    );
  }
}

function partOf({ target, writer, fence }: Target): string {
  return path.join(path.dirname(target), `.tablegate-${writer}-${fence}.part`);
}

/** What a try that was killed has left. */
async function sweep({ target, writer }: Target): Promise<void> {
  const folder = path.dirname(target);
  const left = (await readdir(folder)).filter((name) => name.startsWith(`.tablegate-${writer}-`));
  for (const name of left) await rm(path.join(folder, name), { force: true });
}

/** A file of lines that grows. */
class LineSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly #name: string;
  readonly #form: LineForm;
  readonly #input: Transform;
  readonly #done: Promise<void>;

  constructor(name: string, pairs: ColumnPair[], form: LineForm, file: WriteStream, gzip: boolean) {
    this.#name = name;
    this.pairs = pairs;
    this.#form = form;
    this.#input = gzip ? createGzip({ level: 6 }) : new PassThrough({ highWaterMark: 1 << 20 });
    this.#done = pipeline(this.#input, file);
    this.#done.catch(() => undefined);
  }

  async write(rows: Cell[][], refuse: RefuseRow): Promise<void> {
    let text = '';
    for (const [place, row] of rows.entries()) {
      try {
        text += this.#form.line(row);
      } catch (error) {
        if (!(error instanceof DirtyValue)) throw error;
        refuse(place, error.message);
      }
    }
    await this.add(text);
  }

  async add(text: string): Promise<void> {
    if (text === '') return;
    if (this.#input.write(text)) return;
    await Promise.race([once(this.#input, 'drain'), this.#done]);
  }

  explain(error: unknown): Error {
    return writingError(this.#name, error);
  }

  async takeFast(): Promise<null> {
    return null;
  }

  async finish(): Promise<void> {
    this.#input.end();
    await this.#done;
  }

  discard(): void {
    this.#input.destroy();
  }
}

function pairsOf(
  request: WriteRequest,
  target: TransferColumn[] | null,
  name: string,
  asText: boolean,
) {
  const { plan, sourceColumns } = request;
  return mapColumns({
    source: sourceColumns,
    ...{ target, columns: plan.columns, mapping: plan.mapping, place: name },
    typeLike: (column) => {
      if (asText) return { vendorType: column.vendorType, type: lineType(column) };
      const vendorType = duckdbTypeLike(column);
      return { vendorType, type: typeOfDuckdb(vendorType) };
    },
  });
}

/** In a file of lines each value is its text; what it is says how JSON and dates are written. */
function lineType({ type }: TransferColumn): TransferColumn['type'] {
  return type.kind === 'bytes' || type.kind === 'text' ? plainText : type;
}

async function writeLines(target: Target, request: WriteRequest, feed: Feed) {
  const { plan } = request;
  const part = partOf(target);
  const before = target.appends && target.format === 'csv' ? await existingCsv(target) : null;
  const pairs = pairsOf(request, before?.columns ?? null, target.name, true);
  const columns = pairs.map(({ target: column }) => column);
  const delimiter =
    delimiterOf(plan.file) ?? before?.delimiter ?? (/\.tsv/i.test(target.name) ? '\t' : ',');
  const nullText = plan.file.nullFormat ?? (target.byPath ? dataxNull : '');
  const options = {
    ...plan.file,
    // DataX writes a header only where one is given; a table of a folder has its names in it.
    header: plan.file.header ?? !target.byPath,
  };
  const form =
    target.format === 'jsonl' ? jsonForm(columns) : csvForm(columns, options, delimiter, nullText);
  const isWhole = !target.appends || (await endsInLine(target));
  if (target.appends) await copyFile(target.target, part);
  const file = createWriteStream(part, { flags: target.appends ? 'a' : 'w' });
  const sink = new LineSink(target.name, pairs, form, file, target.gzip);
  try {
    if (!isWhole) await sink.add('\n');
    if (!target.appends && form.head !== null) await sink.add(form.head);
    const totals = await feed(sink);
    request.signal.throwIfAborted();
    await sink.finish();
    return totals;
  } catch (error) {
    sink.discard();
    throw error;
  }
}

/** How the file is written that is appended to. */
async function existingCsv({ target, name, gzip }: Target) {
  const { encoding, dialect } = await inspectHead({
    ...{ name, path: target, format: 'csv', compressed: gzip },
  });
  if (encoding !== 'utf-8' || !dialect.hasHeader) {
    throw new ConnectorError(
      `${name} is not UTF-8 with a header line; only such files take more rows.`,
    );
  }
  const columns = dialect.columns.map((column) => {
    return { name: column, type: plainText, vendorType: 'VARCHAR', nullable: true };
  });
  return { columns, delimiter: dialect.delimiter };
}

/** Whether its last line has an end, so that another one may follow. */
async function endsInLine({ target: file, gzip }: Target): Promise<boolean> {
  if (!gzip) return isLineEnd(await lastByteOf(file));
  let last: number | undefined;
  const note = async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) last = piece.at(-1) ?? last;
  };
  await pipeline(createReadStream(file), createGunzip(), note);
  return isLineEnd(last);
}

/** True of an empty file. */
const isLineEnd = (last: number | undefined) => last === undefined || last === 10;

async function lastByteOf(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    await handle.read(last, 0, 1, Math.max(0, size - 1));
    return size === 0 ? undefined : last[0];
  } finally {
    await handle.close();
  }
}

/** Rows of a file that DuckDB makes in the end. */
class ParquetSink implements RowSink {
  readonly pairs: ColumnPair[];
  readonly staged: StagedRows;

  constructor(pairs: ColumnPair[], scratchDir: string) {
    this.pairs = pairs;
    this.staged = new StagedRows(
      scratchDir,
      pairs.map(({ target }) => target),
    );
  }

  explain(error: unknown): Error {
    return fileSystemError('The copy of the rows', error);
  }

  async write(rows: Cell[][]): Promise<void> {
    await this.staged.add(rows);
  }

  async takeFast(): Promise<null> {
    return null;
  }
}

async function writeParquet(target: Target, request: WriteRequest, feed: Feed) {
  const limits = {
    ...smallEngine,
    memoryMiB: 512,
    threads: 2,
    spillDir: path.join(request.scratchDir, 'spill'),
  };
  return withEngine(':memory:', limits, request.signal, async (connection) => {
    await connection.run(readsOnce);
    const former = `read_parquet(${quotePath(target.target)})`;
    const present = target.appends ? await describeParquet(connection, former) : null;
    const pairs = pairsOf(request, present, target.name, false);
    const sink = new ParquetSink(pairs, request.scratchDir);
    const totals = await feed(sink);
    const staged = `SELECT * EXCLUDE (file_row_number) FROM ${await sink.staged.finish()}`;
    const all = target.appends ? `FROM ${former} UNION ALL BY NAME ${staged}` : staged;
    await copyToParquet(connection, all, partOf(target), ['COMPRESSION zstd']);
    return totals;
  });
}

async function describeParquet(
  connection: Parameters<Parameters<typeof withEngine>[3]>[0],
  relation: string,
): Promise<TransferColumn[]> {
  const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${relation}`);
  return rows.getRowsJS().map(([name, type]) => {
    const vendorType = String(type);
    return { name: String(name), type: typeOfDuckdb(vendorType), vendorType, nullable: true };
  });
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.sync();
  await handle.close();
}

/** Files of former runs under the same name, which a truncating write of a path replaces. */
async function removeFormer({ target, byPath }: Target, { plan }: Request): Promise<void> {
  if (!byPath || plan.mode !== 'overwrite') return;
  const folder = path.dirname(target);
  const names = (await readdir(folder)).filter((name) => name.startsWith(plan.fileName!));
  for (const name of names) {
    const file = path.join(folder, name);
    if (file !== target && (await stat(file)).isFile()) await rm(file, { force: true });
  }
}

export const writeFileRows: WriteRows = {
  async committed(request) {
    const target = await targetOf(request);
    const totals = await committedCopy(target);
    // The try that committed may have been lost before it came to this.
    if (totals !== null) await removeFormer(target, request);
    return totals;
  },

  async write(request, feed) {
    const target = await targetOf(request);
    await refuseConflict(target, request);
    await sweep(target);
    const part = partOf(target);
    // What is appended to is copied first: nobody may have written it meanwhile.
    const basedOn = target.appends ? await identityOf(target.target) : undefined;
    try {
      const write = target.format === 'parquet' ? writeParquet : writeLines;
      const totals = await write(target, request, feed);
      await syncFile(part);
      request.signal.throwIfAborted();
      const before = await commitCopy(target, part, totals, basedOn);
      await removeFormer(target, request);
      return before ?? totals;
    } catch (error) {
      request.signal.throwIfAborted();
      throw writingError(target.name, error);
    } finally {
      await rm(part, { force: true });
    }
  },
};

function writingError(name: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const reasons: Record<string, string> = {
    ENOSPC: 'does not fit: the disk is full',
    EDQUOT: 'does not fit: the quota of the disk is used up',
    EACCES: 'may not be written by this process',
    EROFS: 'may not be written: the disk is read-only',
  };
  // DuckDB, which writes Parquet, has no codes.
  const isFull = messageOf(error).includes('No space left on device');
  const reason = reasons[isFull ? 'ENOSPC' : code];
  if (reason !== undefined) return new ConnectorError(`${name} ${reason}.`, { cause: error });
  const isOfDuckdb = /^[A-Z][A-Za-z ]+ Error: /.test(messageOf(error));
  return isOfDuckdb
    ? new ConnectorError(`${name}: ${messageOf(error).split('\n', 1)[0]}`)
    : (error as Error);
}
