/** Which column of a source goes into which of a target. Pure. */
import { TablegateError } from './errors';
import type { TransferColumn } from './transfer-types';

export interface MappingRequest {
  source: TransferColumn[];
  /** Null: the table is made, its columns like those of the source. */
  target: TransferColumn[] | null;
  columns: '*' | string[];
  mapping: 'position' | 'name';
  /** Name of the target for messages. */
  place: string;
  /** The target's own type for a column that is made. */
  typeLike(column: TransferColumn): Pick<TransferColumn, 'type' | 'vendorType'>;
}

const fold = (name: string) => name.toLowerCase();

/** @throws TablegateError columnNotFound, invalidInput naming what does not match */
export function mapColumns(request: MappingRequest): { source: number; target: TransferColumn }[] {
  const { source, columns, target, typeLike } = request;
  if (target !== null) return pairUp(request, wantedOf(request, target));
  const names = columns === '*' ? source.map(({ name }) => name) : columns.map(unquoted);
  refuseOtherCount(request, names.length);
  const made = source.map((column, index) => ({
    ...{ ...column, name: names[index]!, nullable: true },
    ...typeLike(column),
  }));
  refuseRepeated(request, made);
  return made.map((column, index) => ({ source: index, target: column }));
}

/** A name in the quotes of SQL stands for itself, as scripts of databases with reserved words do. */
export function unquoted(name: string): string {
  const found = /^"((?:[^"]|"")+)"$|^`((?:[^`]|``)+)`$/.exec(name.trim());
  return found?.[1]?.replaceAll('""', '"') ?? found?.[2]?.replaceAll('``', '`') ?? name;
}

/** A column by its name: as it is written, else whatever its case. */
export function findColumn(columns: TransferColumn[], name: string): TransferColumn | null {
  const bare = unquoted(name);
  const exact = columns.find((column) => column.name === bare);
  return exact ?? columns.find((column) => fold(column.name) === fold(bare)) ?? null;
}

function wantedOf({ columns, place }: MappingRequest, target: TransferColumn[]): TransferColumn[] {
  if (columns === '*') return target;
  const missing = columns.filter((name) => findColumn(target, name) === null);
  if (missing.length > 0) {
    throw new TablegateError('columnNotFound', missingText(place, missing, target));
  }
  return columns.map((name) => findColumn(target, name)!);
}

function missingText(place: string, missing: string[], present: TransferColumn[]): string {
  const listed = present.slice(0, 50).map(({ name }) => `"${name}"`);
  const more = present.length > 50 ? `, and ${present.length - 50} more` : '';
  return (
    `${place} has no column ${missing.map((name) => `"${unquoted(name)}"`).join(', ')}; ` +
    `its columns are ${listed.join(', ')}${more}.`
  );
}

function pairUp(request: MappingRequest, wanted: TransferColumn[]) {
  refuseRepeated(request, wanted);
  if (request.mapping === 'name') return byName(request, wanted);
  refuseOtherCount(request, wanted.length);
  return wanted.map((target, source) => ({ source, target }));
}

function byName({ source, columns, place }: MappingRequest, wanted: TransferColumn[]) {
  const unused = source.filter(({ name }) => findColumn(wanted, name) === null);
  if (unused.length > 0) {
    const names = unused.map(({ name }) => name);
    throw new TablegateError('columnNotFound', missingText(place, names, wanted));
  }
  const missing = wanted.filter(({ name }) => findColumn(source, name) === null);
  if (columns !== '*' && missing.length > 0) {
    const names = missing.map(({ name }) => name);
    throw new TablegateError('columnNotFound', missingText('The source', names, source));
  }
  return source.map((column, index) => ({
    source: index,
    target: findColumn(wanted, column.name)!,
  }));
}

function refuseOtherCount({ source, place }: MappingRequest, count: number): void {
  if (source.length === count) return;
  throw new TablegateError(
    'invalidInput',
    `The source gives ${source.length} columns and ${place} takes ${count}; ` +
      'name the columns of both sides, or write "columnMapping": "name".',
  );
}

function refuseRepeated({ place }: MappingRequest, columns: TransferColumn[]): void {
  const names = columns.map(({ name }) => fold(name));
  const repeated = columns.find(({ name }, index) => names.indexOf(fold(name)) !== index);
  if (repeated === undefined) return;
  throw new TablegateError(
    'invalidInput',
    `The column "${repeated.name}" of ${place} is named twice.`,
  );
}
