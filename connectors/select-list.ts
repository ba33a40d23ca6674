/** What stands between SELECT and FROM for the columns of a script. Pure. */
import { unquoted } from '../model/column-mapping';
import { TablegateError } from '../model/errors';
import type { ReadColumn } from '../model/script-plan';

/** How a kind writes names and texts. */
export interface SqlDialect {
  name(name: string): string;
  text(text: string): string;
}

/** Names of a table's columns that are one whatever their case. */
function findName(present: readonly string[], wanted: string): string | null {
  const exact = present.find((name) => name === wanted);
  const folded = wanted.toLowerCase();
  return exact ?? present.find((name) => name.toLowerCase() === folded) ?? null;
}

/**
 * @param present names of the table's columns
 * @param place name of the table, for messages
 * @returns an expression with its name for each column
 * @throws TablegateError columnNotFound, invalidInput
 */
export function selectList(
  columns: '*' | ReadColumn[],
  present: readonly string[],
  dialect: SqlDialect,
  place: string,
): string[] {
  if (columns === '*') return present.map((name) => dialect.name(name));
  return columns.flatMap((column, index) => {
    if (column === '*') return present.map((name) => dialect.name(name));
    if (typeof column === 'string') return [expression(column, present, dialect, index)];
    return [ofObject(column, present, dialect, place, index)];
  });
}

/** A name of a column stands for it; anything else is SQL, as DataX has it. */
function expression(
  text: string,
  present: readonly string[],
  { name }: SqlDialect,
  index: number,
): string {
  const bare = unquoted(text);
  const found = findName(present, bare);
  if (found !== null) return name(found);
  // What reads like a name and is none is told by the database itself.
  const isNamed = /\bas\s+\S+$/i.test(text) || /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(text);
  return isNamed && !/^(null|true|false)$/i.test(text)
    ? text
    : `${text} AS ${name(`column${index}`)}`;
}

function ofObject(
  column: Exclude<ReadColumn, string>,
  present: readonly string[],
  dialect: SqlDialect,
  place: string,
  index: number,
): string {
  if (column.value !== undefined) {
    const name = dialect.name(column.name ?? `column${index}`);
    return `${constantSql(column.value, dialect)} AS ${name}`;
  }
  const wanted = column.name ?? present[column.index ?? -1];
  const found = wanted === undefined ? null : findName(present, unquoted(wanted));
  if (found !== null) return dialect.name(found);
  const what = column.name === undefined ? `number ${column.index ?? ''}` : `"${column.name}"`;
  throw new TablegateError('columnNotFound', `${place} has no column ${what}.`);
}

function constantSql(value: string | number | boolean | null, { text }: SqlDialect): string {
  if (value === null) return 'NULL';
  return typeof value === 'string' ? text(value) : String(value);
}
