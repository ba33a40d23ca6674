/** How the CSV files of a script are read: by what it says, else by what their beginning looks like. */
import type { FileOptions } from '../../model/script-plan';
import { TablegateError } from '../../model/errors';
import { ConnectorError } from '../connector';
import { fileSystemError } from '../file-system-error';
import type { ReadRequest } from '../transfer';
import type { ChosenFile } from './choose-files';
import { plainTextOf } from './csv';
import { dialectOf, recordsOf } from './dialect';
import { encodingOf } from './encoding';
import { surveyHead, type TextSurvey } from './survey';

export interface CsvDialect {
  /** UTF-8 each, links resolved. */
  files: { path: string }[];
  gzip: boolean;
  delimiter: string;
  quote: string;
  escape: string;
  header: boolean;
  names: string[];
  nullTexts: string[];
  /** They are the user's own files, not copies in UTF-8. */
  asItLies: boolean;
}

/** DataX's own mark for NULL. */
export const dataxNull = '\\N';

export async function csvTextOf(files: ChosenFile[], request: ReadRequest): Promise<CsvDialect> {
  const { file: options, scratchDir, signal } = request;
  const [first] = files;
  const survey = await headOf(first!);
  const encoding = options.encoding === null ? encodingOf(survey) : encodingNamed(options.encoding);
  const head = new TextDecoder(encoding).decode(survey.head, { stream: !survey.complete });
  // A path is read as DataX reads it; a table as the rest of the product does.
  const byPath = request.paths.length > 0;
  const dialect = byPath
    ? dataxDialect(head, survey, options)
    : sniffed(head, survey, first!, options);
  const isPlain = encoding === 'utf-8' && !survey.mixedLineEnds;
  const plain = isPlain
    ? { files, gzip: first!.gzip }
    : { files: await copies(files, encoding, scratchDir, signal), gzip: false };
  const nullText = options.nullFormat ?? (byPath ? dataxNull : '');
  return { ...dialect, ...plain, nullTexts: [nullText], asItLies: isPlain };
}

async function copies(
  files: ChosenFile[],
  encoding: string,
  scratchDir: string,
  signal: AbortSignal,
): Promise<{ path: string }[]> {
  const made: { path: string }[] = [];
  for (const { name, path, gzip } of files) {
    const file = { name, path, format: 'csv' as const, compressed: gzip };
    made.push({ path: await plainTextOf(file, encoding, scratchDir, signal) });
  }
  return made;
}

async function headOf(file: ChosenFile): Promise<TextSurvey> {
  try {
    return await surveyHead(file.path, file.gzip);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code.startsWith('Z_')) {
      throw new ConnectorError(`${file.name} is not a whole gzip file.`, { cause: error });
    }
    throw fileSystemError(file.name, error);
  }
}

function encodingNamed(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    throw new TablegateError('invalidInput', `There is no encoding "${name}".`);
  }
}

type Look = Pick<CsvDialect, 'delimiter' | 'quote' | 'escape' | 'header' | 'names'>;

function dataxDialect(head: string, { complete }: TextSurvey, options: FileOptions): Look {
  const quote = options.quoted ? '"' : '';
  const delimiter = delimiterOf(options) ?? ',';
  const look = { delimiter, quote, escape: quote, hasHeader: false, columns: [] };
  const [first = []] = recordsOf(head, complete, look);
  const header = options.skipHeader ?? false;
  const names = first.map((cell, index) => (header && cell !== '' ? cell : `column${index}`));
  if (names.length === 0) names.push('column0');
  return { delimiter, quote, escape: quote, header, names: distinct(names) };
}

function sniffed(
  head: string,
  { complete }: TextSurvey,
  file: ChosenFile,
  options: FileOptions,
): Look {
  const fallback = /\.tsv(\.gz)?$/i.test(file.name) ? '\t' : ',';
  const dialect = dialectOf(head, complete, fallback);
  if (dialect === null) throw new ConnectorError(`${file.name} is empty: it has no header line.`);
  const delimiter = delimiterOf(options) ?? dialect.delimiter;
  const header = options.skipHeader ?? dialect.hasHeader;
  if (delimiter === dialect.delimiter && header === dialect.hasHeader) {
    const { quote, escape, columns } = dialect;
    return { delimiter, quote, escape, header, names: columns };
  }
  return dataxDialect(head, { complete } as TextSurvey, {
    ...options,
    delimiter,
    skipHeader: header,
  });
}

/** `\t` may stand for the tab, as in the texts of other tools. */
export function delimiterOf({ delimiter }: FileOptions): string | null {
  return delimiter === '\\t' ? '\t' : delimiter;
}

function distinct(names: string[]): string[] {
  const taken = new Set<string>();
  return names.map((given) => {
    let name = given;
    for (let count = 1; taken.has(name.toLowerCase()); count += 1) name = `${given}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}
