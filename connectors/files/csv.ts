/** CSV files as DuckDB relations: looked through first, brought to plain UTF-8 where they must be. */
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConnectorError, type ColumnInfo, type RowSample } from '../connector';
import { fileSystemError } from '../file-system-error';
import { sampleOf } from '../row-sample';
import { quotePath, quoteText } from '../sql-text';
import { dialectOf, recordsOf, type Dialect } from './dialect';
import { encodingOf } from './encoding';
import type { TableFile } from './folder';
import { openBytes, surveyHead, surveyText, type TextSurvey } from './survey';

export interface CsvFile {
  encoding: string;
  dialect: Dialect;
  /** DuckDB reads it as it lies there. */
  plain: boolean;
}

/**
 * Looks through the whole file for its encoding, and at its beginning for the rest.
 * @throws ConnectorError for a file without a line or one that cannot be read
 */
export async function inspectCsv(file: TableFile, signal: AbortSignal): Promise<CsvFile> {
  const survey = await surveyText(file.path, file.compressed, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw readingError(file, error);
  });
  return csvOf(file, survey);
}

/**
 * The same by the file's beginning, however long it is: encoding and line ends may turn out
 * otherwise further down.
 * @throws ConnectorError as `inspectCsv`
 */
export async function inspectHead(file: TableFile): Promise<CsvFile> {
  return csvOf(file, await headOf(file));
}

/**
 * The rows at a file's beginning, as far as they are looked at; an empty value is none.
 * @throws ConnectorError as `inspectCsv`
 */
export async function csvFirstRows(file: TableFile, limit: number): Promise<RowSample> {
  const survey = await headOf(file);
  const { encoding, dialect } = csvOf(file, survey);
  const records = recordsOf(textOf(survey, encoding), survey.complete, dialect);
  const rows = records.map((record) => record.map((cell) => (cell === '' ? null : cell)));
  const sample = sampleOf(csvColumns(dialect), rows, limit);
  return { ...sample, more: sample.more || !survey.complete };
}

function headOf(file: TableFile): Promise<TextSurvey> {
  return surveyHead(file.path, file.compressed).catch((error: unknown) => {
    throw readingError(file, error);
  });
}

/** Half a character at the cut is left out by `stream`. */
function textOf({ head, complete }: TextSurvey, encoding: string): string {
  return new TextDecoder(encoding).decode(head, { stream: !complete });
}

function csvOf(file: TableFile, survey: TextSurvey): CsvFile {
  const encoding = encodingOf(survey);
  const head = textOf(survey, encoding);
  const fallback = /\.tsv(\.gz)?$/i.test(file.name) ? '\t' : ',';
  const dialect = dialectOf(head, survey.complete, fallback);
  if (dialect === null) {
    throw new ConnectorError(`${file.name} is empty: it has no header line.`);
  }
  return { encoding, dialect, plain: encoding === 'utf-8' && !survey.mixedLineEnds };
}

/** Every column as text, so that leading zeros survive. */
export function csvColumns(dialect: Dialect): ColumnInfo[] {
  return dialect.columns.map((name) => ({ name, type: 'VARCHAR' }));
}

/**
 * A relation over the file, or over a UTF-8 copy in the scratch folder.
 * @throws ConnectorError for bytes that the encoding does not have
 */
export async function csvRelation(
  file: TableFile,
  csv: CsvFile,
  scratchDir: string,
  signal: AbortSignal,
): Promise<string> {
  if (csv.plain && !file.compressed) return relationOver(file.path, csv.dialect);
  return relationOver(await plainTextOf(file, csv.encoding, scratchDir, signal), csv.dialect);
}

/**
 * A copy of the text in the scratch folder, unpacked, in UTF-8, with one kind of line ends.
 * @throws ConnectorError for bytes that the encoding does not have
 */
export async function plainTextOf(
  file: TableFile,
  encoding: string,
  scratchDir: string,
  signal: AbortSignal,
): Promise<string> {
  const copy = path.join(scratchDir, `text-${process.hrtime.bigint()}.csv`);
  try {
    await pipeline(
      openBytes(file.path, file.compressed, signal),
      toPlainUtf8(encoding),
      createWriteStream(copy),
      { signal },
    );
    return copy;
  } catch (error) {
    signal.throwIfAborted();
    throw readingError(file, error, encoding);
  }
}

function relationOver(filePath: string, dialect: Dialect): string {
  const columns = dialect.columns.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const options = [
    quotePath(filePath),
    'auto_detect=false',
    "compression='none'",
    `delim=${quoteText(dialect.delimiter)}`,
    `quote=${quoteText(dialect.quote)}`,
    `escape=${quoteText(dialect.escape)}`,
    `header=${dialect.hasHeader}`,
    `columns={${columns}}`,
    // Nothing is guessed or skipped: a row that does not fit ends the reading with its line.
    'strict_mode=true',
    'null_padding=false',
    'ignore_errors=false',
  ];
  return `read_csv(${options.join(', ')})`;
}

/** Decodes, and makes every line end a `\n`. */
function toPlainUtf8(encoding: string): Transform {
  const decoder = new TextDecoder(encoding, { fatal: true });
  let endedInCr = false;
  const lines = (text: string): string => {
    const whole = endedInCr ? `\r${text}` : text;
    endedInCr = whole.endsWith('\r');
    const ready = endedInCr ? whole.slice(0, -1) : whole;
    return ready.includes('\r') ? ready.replace(/\r\n?/g, '\n') : ready;
  };
  return new Transform({
    transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback) {
      try {
        done(null, lines(decoder.decode(chunk, { stream: true })));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done: TransformCallback) {
      try {
        const rest = lines(decoder.decode());
        done(null, endedInCr ? `${rest}\n` : rest);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function readingError(file: TableFile, error: unknown, encoding?: string): Error {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new ConnectorError(`${file.name} holds bytes that are not ${encoding}.`, {
      cause: error,
    });
  }
  if (code.startsWith('Z_')) {
    return new ConnectorError(`${file.name} is not a whole gzip file.`, { cause: error });
  }
  return fileSystemError(file.name, error);
}
