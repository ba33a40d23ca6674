/** Reads files of a folder, each format through DuckDB; a line that cannot be read is a broken row. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { DirtyValue } from '../../model/dirty-value';
import { dateReader, hasClock, unknownLetter } from '../../model/java-dates';
import type { ColumnObject } from '../../model/script-schema';
import { TablegateError } from '../../model/errors';
import {
  commonRange,
  integerType,
  plainText,
  type Cell,
  type TransferColumn,
  type TransferType,
} from '../../model/transfer-types';
import { converterOf } from '../../model/transfer-values';
import { describeRelation } from '../columns';
import { queryRows, withEngine } from '../duckdb-engine';
import { typeOfDuckdb } from '../duckdb/types';
import { readRelation } from '../relation-rows';
import { quoteIdentifier, quotePath, quoteText } from '../sql-text';
import {
  cut,
  rowInWords,
  type Batch,
  type BrokenRow,
  type CsvText,
  type ReadRequest,
  type ReadRows,
  type RowSource,
  type TakeBatch,
} from '../transfer';
import { chooseFiles, type ChosenFile } from './choose-files';
import { cellsOfLine } from './json-line';
import { csvTextOf, type CsvDialect } from './csv-text';
import { csvError, parquetError } from './errors';

/** Files as one relation whose columns are those of the files. */
interface Opened {
  relation: string;
  columns: TransferColumn[];
  csv: CsvDialect | null;
  /** The relation has lines of JSON in one column, which this takes apart. */
  line?: (text: string) => Cell[];
  /** How many there are, where that costs nothing. */
  rows?: number;
  /** Rows that could not be read, once all were. */
  broken(): Promise<BrokenRow[]>;
  explain(error: unknown): Error;
}

export const readFileRows: ReadRows = async (request, use) => {
  const files = await chooseFiles(request);
  const [first] = files;
  const other = files.find(({ format }) => format !== first!.format);
  if (other) {
    throw new TablegateError(
      'invalidInput',
      `${first!.name} and ${other.name} are of different formats; read them by two scripts.`,
    );
  }
  const limits = { threads: 2, memoryMiB: 512, spillDir: path.join(request.scratchDir, 'spill') };
  return withEngine(':memory:', limits, request.signal, async (connection) => {
    const opened = await openFiles(connection, files, request);
    const source = sourceOf(connection, opened, files, request);
    try {
      return await use(source);
    } catch (error) {
      throw opened.explain(error);
    }
  });
};

function openFiles(
  connection: DuckDBConnection,
  files: ChosenFile[],
  request: ReadRequest,
): Promise<Opened> {
  const { format } = files[0]!;
  if (format === 'parquet') return openParquet(connection, files);
  return format === 'jsonl' ? openLines(connection, files) : openCsv(connection, files, request);
}

const listOf = (files: { path: string }[]) =>
  `[${files.map(({ path: file }) => quotePath(file)).join(', ')}]`;

async function openParquet(connection: DuckDBConnection, files: ChosenFile[]): Promise<Opened> {
  const relation = `read_parquet(${listOf(files)}, binary_as_string=true, hive_partitioning=false)`;
  const explain = (error: unknown) => parquetError(files.map(({ name }) => name).join(', '), error);
  try {
    const described = await describeRelation(connection, relation);
    const columns = described.map(({ name, type }) => {
      return { name, type: typeOfDuckdb(type), vendorType: type, nullable: true };
    });
    const [count] = await queryRows(connection, `SELECT count(*) AS rows FROM ${relation}`);
    const rows = Number(count?.rows);
    return { relation, columns, csv: null, rows, broken: async () => [], explain };
  } catch (error) {
    throw explain(error);
  }
}

const textColumn = (name: string): TransferColumn => {
  return { name, type: plainText, vendorType: 'VARCHAR', nullable: true };
};

async function openLines(connection: DuckDBConnection, files: ChosenFile[]): Promise<Opened> {
  const explain = (error: unknown) => csvError(files.map(({ name }) => name).join(', '), error);
  const compression = files[0]!.gzip ? 'gzip' : 'uncompressed';
  const options = `format='newline_delimited', compression='${compression}', maximum_object_size=67108864, ignore_errors=true`;
  const lines = `read_json_objects(${listOf(files)}, ${options})`;
  const isRow = `json_type(json) = 'OBJECT'`;
  try {
    const keys = await queryRows(
      connection,
      `SELECT key, min(place) AS first FROM (
         SELECT unnest(json_keys(json)) AS key, generate_subscripts(json_keys(json), 1) AS place
         FROM ${lines} WHERE ${isRow})
       GROUP BY key ORDER BY first, key`,
    );
    const columns = keys.map(({ key }) => textColumn(String(key)));
    const broken = async () => {
      const rows = await queryRows(
        connection,
        `SELECT json::VARCHAR AS line FROM ${lines} WHERE (${isRow}) IS NOT TRUE`,
      );
      return rows.map(({ line }) => ({
        reason: 'the line is no JSON object',
        row: cut(String(line ?? '')),
      }));
    };
    const relation = `(SELECT json::VARCHAR AS line FROM ${lines} WHERE ${isRow})`;
    const names = columns.map(({ name }) => name);
    return {
      relation,
      columns,
      csv: null,
      line: (text) => cellsOfLine(text, names),
      broken,
      explain,
    };
  } catch (error) {
    throw explain(error);
  }
}

async function openCsv(
  connection: DuckDBConnection,
  files: ChosenFile[],
  request: ReadRequest,
): Promise<Opened> {
  const csv = await csvTextOf(files, request);
  const columns = csv.names.map(textColumn);
  const names = csv.names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const nulls = csv.nullTexts.map(quoteText).join(', ');
  const relation = `read_csv(${[
    listOf(csv.files),
    'auto_detect=false',
    `compression=${csv.gzip ? "'gzip'" : "'none'"}`,
    `delim=${quoteText(csv.delimiter)}`,
    `quote=${quoteText(csv.quote)}`,
    `escape=${quoteText(csv.escape)}`,
    `header=${csv.header}`,
    `columns={${names}}`,
    `nullstr=[${nulls}]`,
    'allow_quoted_nulls=false',
    'strict_mode=true',
    'null_padding=false',
    'max_line_size=8388608',
    'buffer_size=16777216',
    'store_rejects=true',
  ].join(', ')})`;
  const explain = (error: unknown) => csvError(files.map(({ name }) => name).join(', '), error);
  return { relation, columns, csv, broken: () => rejectedLines(connection, files), explain };
}

async function rejectedLines(
  connection: DuckDBConnection,
  files: ChosenFile[],
): Promise<BrokenRow[]> {
  const rows = await queryRows(
    connection,
    `SELECT line, min(csv_line) AS text, min(error_message) AS message
     FROM reject_errors GROUP BY scan_id, file_id, line ORDER BY line`,
  );
  const name = files.length === 1 ? files[0]!.name : 'a file';
  return rows.map(({ line, text, message }) => ({
    reason: `${name}, line ${String(line)}: ${lineReason(String(message))}`,
    row: cut(String(text)),
  }));
}

function lineReason(message: string): string {
  const counts = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (counts) return `the row has ${counts[2]} columns where the file has ${counts[1]}`;
  if (/invalid unicode/i.test(message)) return 'the bytes are not UTF-8';
  return message.split('\n', 1)[0]!.replace(/\.$/, '');
}

/** A column of the script over those of the files. */
interface Chosen {
  column: TransferColumn;
  sql: string;
  /** Place among the columns of the files; null: a constant. */
  place: number | null;
  constant?: Cell;
  /** Judges a text by the type that the script declares. */
  read: ((text: string) => string) | null;
}

const declaredTypes: Record<string, TransferType> = {
  string: plainText,
  long: integerType(64),
  int: integerType(64),
  double: { kind: 'float', bits: 64, special: true },
  boolean: { kind: 'boolean' },
  bool: { kind: 'boolean' },
  bytes: { kind: 'bytes', maxBytes: null },
};

function sourceOf(
  connection: DuckDBConnection,
  opened: Opened,
  files: ChosenFile[],
  request: ReadRequest,
): RowSource {
  const chosen = chooseColumns(opened, files, request);
  const columns = chosen.map(({ column }) => column);
  const list = chosen.map(({ sql, column }) => `${sql} AS ${quoteIdentifier(column.name)}`);
  const relation = `(SELECT ${list.join(', ')} FROM ${opened.relation})`;
  // What a text is declared to be is judged here; DuckDB hands on the text.
  const asRead = chosen.map((one) => ({
    ...one.column,
    type: one.read ? plainText : one.column.type,
  }));
  const read = async (take: TakeBatch) => {
    const { line } = opened;
    if (line === undefined) {
      await readRelation(connection, relation, asRead, (batch) => take(judged(batch, chosen)));
    } else {
      const ofLines = (batch: Batch) => take(judged(takenApart(batch, line, chosen), chosen));
      await readRelation(connection, opened.relation, [textColumn('line')], ofLines);
    }
    const broken = await opened.broken();
    if (broken.length > 0) await take({ rows: [], bytes: 0, broken });
  };
  const isParquet = opened.csv === null && files[0]!.format === 'parquet';
  const types = columns.map(({ vendorType }) => vendorType);
  const paths = files.map((file) => file.path);
  return {
    columns,
    rowsAbout: opened.rows ?? null,
    explain: (error) => opened.explain(error),
    parts: [{ table: 0, read }],
    fast: {
      ...(isParquet && { relation: { setup: [], sql: relation, types, paths } }),
      ...csvFast(opened, chosen),
    },
  };
}

function csvFast({ csv, columns }: Opened, chosen: Chosen[]): { csv?: CsvText } {
  if (csv === null || !csv.asItLies || csv.nullTexts.length !== 1) return {};
  if (csv.quote !== '"' || csv.escape !== '"' || !/^[\t -~]$/.test(csv.delimiter)) return {};
  if (chosen.some(({ read, place }) => read !== null || place === null)) return {};
  const { gzip, delimiter, header } = csv;
  return {
    csv: {
      files: csv.files.map((file) => file.path),
      ...{ gzip, delimiter, header, nullText: csv.nullTexts[0]! },
      columns: columns.map(({ name }) => name),
      places: chosen.map(({ place }) => place),
    },
  };
}

function chooseColumns(opened: Opened, files: ChosenFile[], request: ReadRequest): Chosen[] {
  const { columns: present } = opened;
  const all = () =>
    present.map((column, place) => {
      return { column, sql: quoteIdentifier(column.name), place, read: null };
    });
  if (request.columns === '*') return all();
  return request.columns.flatMap((wanted, at): Chosen[] => {
    if (wanted === '*') return all();
    if (typeof wanted === 'string') return [byName(wanted, present, files)];
    return [ofObject(wanted, at, present, files, request)];
  });
}

function byName(wanted: string, present: TransferColumn[], files: ChosenFile[]): Chosen {
  const exact = present.findIndex(({ name }) => name === wanted);
  const place =
    exact >= 0
      ? exact
      : present.findIndex(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const column = present[place];
  if (column) return { column, sql: quoteIdentifier(column.name), place, read: null };
  const names = present.slice(0, 50).map(({ name }) => `"${name}"`);
  throw new TablegateError(
    'columnNotFound',
    `${files[0]!.name} has no column "${wanted}"; its columns are ${names.join(', ')}.`,
  );
}

function ofObject(
  wanted: ColumnObject,
  at: number,
  present: TransferColumn[],
  files: ChosenFile[],
  request: ReadRequest,
): Chosen {
  const declared = declaredOf(wanted, request);
  if (wanted.value !== undefined) {
    const sql = wanted.value === null ? 'NULL::VARCHAR' : quoteText(String(wanted.value));
    const column = {
      ...textColumn(wanted.name ?? `column${at}`),
      ...(declared && declared.column),
    };
    const constant = wanted.value === null ? null : String(wanted.value);
    return { column, sql, place: null, constant, read: declared?.read ?? null };
  }
  const chosen =
    wanted.name === undefined
      ? byIndex(wanted.index, present, files)
      : byName(wanted.name, present, files);
  if (declared === null || chosen.column.type.kind !== 'text') return chosen;
  return { ...chosen, column: { ...chosen.column, ...declared.column }, read: declared.read };
}

function byIndex(
  index: number | undefined,
  present: TransferColumn[],
  files: ChosenFile[],
): Chosen {
  const column = present[index ?? -1];
  if (column) return { column, sql: quoteIdentifier(column.name), place: index!, read: null };
  throw new TablegateError(
    'columnNotFound',
    index === undefined
      ? 'A column of a file needs "index", "name" or "value".'
      : `${files[0]!.name} has ${present.length} columns; there is none at index ${index}.`,
  );
}

/** What `type` and `format` of a column say; null: it is a text like any other. */
function declaredOf(
  { type, format }: ColumnObject,
  { file }: ReadRequest,
): { column: Pick<TransferColumn, 'type' | 'vendorType'>; read: (text: string) => string } | null {
  const name = type?.toLowerCase() ?? 'string';
  if (name === 'string') return null;
  if (name === 'date') return declaredDate(format ?? file.dateFormat);
  const declared = declaredTypes[name];
  if (declared === undefined) {
    throw new TablegateError(
      'invalidInput',
      `There is no type "${type}" of columns; there are string, long, double, boolean, date and bytes.`,
    );
  }
  const convert = converterOf(plainText, declared)!;
  const read =
    declared.kind === 'bytes' ? (text: string) => text : (text: string) => String(convert(text));
  return { column: { type: declared, vendorType: name }, read };
}

function declaredDate(form: string | null) {
  const unknown = form === null ? null : unknownLetter(form);
  if (unknown !== null) {
    throw new TablegateError(
      'invalidInput',
      `The form "${form}" of dates has "${unknown}"; there are y, M, d, H, m, s and S.`,
    );
  }
  const range = commonRange;
  const isDay = form !== null && !hasClock(form);
  const type: TransferType = isDay
    ? { kind: 'date', range }
    : { kind: 'timestamp', digits: 6, zone: false, range };
  const convert = converterOf(plainText, type)!;
  const parse = form === null ? (text: string) => text : dateReader(form);
  const read = (text: string) => String(convert(parse(text)));
  return { column: { type, vendorType: 'date' }, read };
}

/** Rows of lines of JSON, with the columns of the script. */
function takenApart(batch: Batch, line: (text: string) => Cell[], chosen: Chosen[]): Batch {
  const rows: Cell[][] = [];
  const broken = [...batch.broken];
  for (const [text] of batch.rows) {
    try {
      const cells = line(String(text));
      rows.push(
        chosen.map(({ place, constant }) => (place === null ? (constant ?? null) : cells[place]!)),
      );
    } catch (error) {
      if (!(error instanceof DirtyValue)) throw error;
      broken.push({ reason: error.message, row: cut(String(text)) });
    }
  }
  return { ...batch, rows, broken };
}

/** Rows of which a value is not what the script declares are broken. */
function judged(batch: Batch, chosen: Chosen[]): Batch {
  const readers = chosen.flatMap(({ read, column }, at) => (read ? [{ read, column, at }] : []));
  if (readers.length === 0) return batch;
  const rows: Cell[][] = [];
  const broken = [...batch.broken];
  for (const row of batch.rows) {
    const before = [...row];
    try {
      for (const { read, column, at } of readers) readCell(row, at, column.name, read);
      rows.push(row);
    } catch (error) {
      if (!(error instanceof DirtyValue)) throw error;
      broken.push({ reason: error.message, row: rowInWords(before) });
    }
  }
  return { ...batch, rows, broken };
}

function readCell(row: Cell[], at: number, name: string, read: (text: string) => string): void {
  const cell = row[at] ?? null;
  if (cell === null) return;
  try {
    row[at] = read(String(cell));
  } catch (error) {
    if (error instanceof DirtyValue) throw new DirtyValue(`${name}: ${error.message}`);
    throw error;
  }
}
