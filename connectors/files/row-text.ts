/** Rows as lines of a file: CSV, plain text or JSON. Pure. */
import { DirtyValue } from '../../model/dirty-value';
import { dateWriter } from '../../model/java-dates';
import type { FileOptions } from '../../model/script-plan';
import type { Cell, TransferColumn } from '../../model/transfer-types';

export interface LineForm {
  /** First line; null: none. */
  head: string | null;
  /** @throws DirtyValue for a row that the form cannot hold */
  line(row: Cell[]): string;
}

/** @param nullText what stands for NULL */
export function csvForm(
  columns: TransferColumn[],
  options: FileOptions,
  delimiter: string,
  nullText: string,
): LineForm {
  const isPlain = options.format === 'text';
  const special = new RegExp(
    `["\r\n]|${delimiter.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`,
  );
  const write = dateColumns(columns, options.dateFormat);
  const cellOf = (cell: Cell, at: number): string => {
    if (cell === null) return nullText;
    const text = write[at]!(String(cell));
    // What would be read as NULL, or as nothing at all, has to stand in quotes.
    if (!special.test(text) && text !== nullText && text !== '' && !/^\s|\s$/.test(text))
      return text;
    if (!isPlain) return `"${text.replaceAll('"', '""')}"`;
    if (text === nullText || special.test(text.replaceAll('"', ''))) {
      throw new DirtyValue(`${columns[at]!.name}: it cannot stand in a file of format text`);
    }
    return text;
  };
  const names = headerOf(columns, options);
  const quoted = (name: string) => (special.test(name) ? `"${name.replaceAll('"', '""')}"` : name);
  const head = names === null ? null : `${names.map(quoted).join(delimiter)}\n`;
  return { head, line: (row) => `${row.map(cellOf).join(delimiter)}\n` };
}

function headerOf(columns: TransferColumn[], { header }: FileOptions): string[] | null {
  if (Array.isArray(header)) return header;
  return header === false ? null : columns.map(({ name }) => name);
}

function dateColumns(columns: TransferColumn[], form: string | null) {
  const asIs = (text: string) => text;
  if (form === null) return columns.map(() => asIs);
  const write = dateWriter(form);
  return columns.map(({ type }) => (['date', 'timestamp'].includes(type.kind) ? write : asIs));
}

/** Kinds whose texts are JSON as they are. */
const bare = ['integer', 'decimal', 'float', 'boolean', 'json'];

export function jsonForm(columns: TransferColumn[]): LineForm {
  const names = columns.map(({ name }) => JSON.stringify(name));
  const line = (row: Cell[]) => {
    const members = row.map((cell, at) => `${names[at]}:${jsonOf(cell, columns[at]!)}`);
    return `{${members.join(',')}}\n`;
  };
  return { head: null, line };
}

function jsonOf(cell: Cell, { type }: TransferColumn): string {
  if (cell === null) return 'null';
  const text = String(cell);
  const isBare = bare.includes(type.kind) && !/^(NaN|-?Infinity)$/.test(text);
  // JSON of databases may be laid out over lines, which would end the row.
  if (type.kind === 'json') return text.replace(/[\r\n]+/g, ' ');
  return isBare ? text : JSON.stringify(text);
}
