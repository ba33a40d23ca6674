/** Rows in the text form of PostgreSQL's COPY, read and written. */
import { isUtf8 } from 'node:buffer';
import type { Cell, TransferColumn } from '../../model/transfer-types';

const escapes: Record<string, string> = {
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

function unescaped(text: string): string {
  return text.includes('\\')
    ? text.replace(/\\(.)/gs, (_, letter: string) => escapes[letter] ?? letter)
    : text;
}

/** Takes a text apart into rows, however it comes in pieces. */
export class CopyTextReader {
  readonly #isBytes: boolean[];
  readonly #isBoolean: boolean[];
  #rest: Buffer = Buffer.alloc(0);

  constructor(columns: TransferColumn[]) {
    this.#isBytes = columns.map(({ type }) => type.kind === 'bytes');
    this.#isBoolean = columns.map(({ type }) => type.kind === 'boolean');
  }

  /** @returns the rows that are whole now */
  read(chunk: Buffer): Cell[][] {
    const last = chunk.lastIndexOf(10);
    if (last < 0) {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      return [];
    }
    const whole = Buffer.concat([this.#rest, chunk.subarray(0, last)]);
    this.#rest = Buffer.from(chunk.subarray(last + 1));
    const encoding = isUtf8(whole) ? 'utf8' : 'latin1';
    const lines = whole.toString(encoding).split('\n');
    if (encoding === 'utf8') return lines.map((line) => this.#row(line.split('\t')));
    return lines.map((line) => this.#bytesRow(line.split('\t')));
  }

  #row(fields: string[]): Cell[] {
    // A table without columns has lines all the same.
    if (this.#isBytes.length === 0) return [];
    return fields.map((field, at) => {
      if (field === '\\N') return null;
      if (this.#isBytes[at]) return Buffer.from(field.slice(3), 'hex');
      if (this.#isBoolean[at]) return field === 't' ? 'true' : 'false';
      return unescaped(field);
    });
  }

  /** Of a database that lets any bytes be text: those that are not UTF-8 stay bytes. */
  #bytesRow(fields: string[]): Cell[] {
    return this.#row(fields).map((cell, at) => {
      if (typeof cell !== 'string' || this.#isBytes[at]) return cell;
      const bytes = Buffer.from(cell, 'latin1');
      return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
    });
  }
}

const special = /[\\\t\n\r]/;
const marks: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return `\\\\x${Buffer.from(cell).toString('hex')}`;
  return special.test(cell) ? cell.replace(/[\\\t\n\r]/g, (mark) => marks[mark]!) : cell;
}

/** Rows as lines. */
export function copyText(rows: readonly Cell[][]): string {
  let text = '';
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 1) text += (at === 0 ? '' : '\t') + field(row[at]!);
    text += '\n';
  }
  return text;
}
