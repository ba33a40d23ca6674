/** What DuckDB's readers say about files, in one sentence that names the file. */
import { TablegateError } from '../../model/errors';
import { ConnectorError } from '../connector';
import { messageOf } from '../message-of';

/** The vendor's words without the data of the row, which belong in no record. */
function withoutData(message: string): string {
  return message.replace(/Original Line:[\s\S]*?(?=\n(?:Expected|\s*\n)|$)/, '').trim();
}

function problemOf(message: string): string {
  const columns = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(message);
  if (columns) {
    return `the row has ${columns[2]} columns where the table has ${columns[1]}`;
  }
  if (/unterminated quote/i.test(message)) return 'the quoting is broken';
  if (/not utf-8 encoded|invalid unicode/i.test(message)) {
    return 'the bytes are not UTF-8, which the rest of the file is';
  }
  if (/Maximum line size/i.test(message)) {
    return 'the line is longer than 2 MB, most likely because a quote is not closed';
  }
  if (/state machine reached an invalid state/i.test(message)) {
    return 'the quoting or the line ends are broken';
  }
  return `it cannot be read: ${message.split('\n', 1)[0]}`;
}

/** What DuckDB threw while it read a CSV file. */
export function csvError(fileName: string, error: unknown): Error {
  if (error instanceof TablegateError || error instanceof ConnectorError) return error;
  const message = messageOf(error);
  const line = /CSV Error on Line: (\d+)/.exec(message)?.[1];
  const place = line === undefined ? fileName : `${fileName}, line ${line}`;
  return new ConnectorError(`${place}: ${problemOf(message)}.`, {
    cause: new Error(withoutData(message)),
  });
}

/** What DuckDB threw while it read a Parquet file. */
export function parquetError(fileName: string, error: unknown): Error {
  if (error instanceof TablegateError || error instanceof ConnectorError) return error;
  const message = messageOf(error);
  const notParquet = /magic bytes|too small to be a Parquet file/i.test(message);
  const sentence = notParquet
    ? `${fileName} is not a Parquet file.`
    : `${fileName} cannot be read as Parquet: ${message.split('\n', 1)[0]}`;
  return new ConnectorError(sentence, { cause: error });
}
