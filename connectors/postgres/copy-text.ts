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

/** Takes whole lines apart. */
export function rowsOfText(bytes: Buffer, columns: TransferColumn[]): Cell[][] {
  const readers = columns.map(({ type }) => fieldReader(type.kind));
  const whole = isUtf8(bytes);
  const lines = bytes.toString(whole ? 'utf8' : 'latin1').split('\n');
  // The last line ends too.
  lines.pop();
  return lines.map((line) => {
    const fields = columns.length === 0 ? [] : line.split('\t');
    const row: Cell[] = fields;
    for (let at = 0; at < fields.length; at += 1) {
      const field = fields[at]!;
      row[at] = field === '\\N' ? null : readers[at]!(field);
    }
    return whole ? row : row.map(bytesOrText);
  });
}

function fieldReader(kind: string): (field: string) => Cell {
  if (kind === 'bytes') return (field) => Buffer.from(field.slice(3), 'hex');
  return kind === 'boolean' ? (field) => (field === 't' ? 'true' : 'false') : unescaped;
}

/** Of a database that lets any bytes be text: those that are not UTF-8 stay bytes. */
function bytesOrText(cell: Cell): Cell {
  if (typeof cell !== 'string') return cell;
  const bytes = Buffer.from(cell, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : bytes;
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
