/** Whether the columns of a script are there and go together. Pure. */
import { columnName } from './script-lineage';
import type { SyncPlan } from './script-plan';

export interface KnownColumn {
  name: string;
  /** As the source names it. */
  type: string;
}

/** Tables as they are now. */
export interface KnownTables {
  /** By name; those that could not be looked at are left out. */
  reads: ReadonlyMap<string, readonly KnownColumn[]>;
  /** Null: it is to be made, or could not be looked at. */
  target: { name: string; columns: readonly KnownColumn[] } | null;
}

export interface ColumnFindings {
  failures: string[];
  warnings: string[];
}

/** How many columns come and go, which are missing, and where values may not fit. */
export function checkColumns({ read, write }: SyncPlan, known: KnownTables): ColumnFindings {
  const failures = [...missingReads(read.columns, known.reads), ...missingWrites(write, known)];
  const from = sourceColumns(read.columns, known.reads, hasQueries(read));
  const into = targetColumns(write.columns, known.target);
  if (from === null || into === null || failures.length > 0) return { failures, warnings: [] };
  if (write.mapping === 'name') return byName(from, into, write.columns === '*');
  if (from.length !== into.length) {
    const counts = `${from.length} columns are read and ${into.length} are written`;
    failures.push(`${counts}; the column lists have to be of one length, in one order`);
    return { failures, warnings: [] };
  }
  return { failures, warnings: from.flatMap((column, index) => doubt(column, into[index]!) ?? []) };
}

/** A column on its way; `type` null: it is not known. */
interface Passing {
  name: string;
  type: string | null;
}

function hasQueries({ parts }: SyncPlan['read']): boolean {
  return parts.some(({ queries }) => queries.length > 0);
}

function missingReads(columns: SyncPlan['read']['columns'], reads: KnownTables['reads']): string[] {
  if (columns === '*') return [];
  const names = columns.flatMap((column) => {
    const text = typeof column === 'string' ? column : (column.name ?? '');
    return columnName(text) ?? [];
  });
  return [...reads].flatMap(([table, known]) => missingIn(table, names, known));
}

function missingWrites({ columns }: SyncPlan['write'], { target }: KnownTables): string[] {
  if (columns === '*' || target === null) return [];
  return missingIn(target.name, columns, target.columns);
}

function missingIn(
  table: string,
  names: readonly string[],
  known: readonly KnownColumn[],
): string[] {
  return names
    .filter((name) => find(known, name) === undefined)
    .map((name) => {
      const all = known.map((column) => column.name).join(', ');
      return `${table} has no column ${name}; it has ${all}`;
    });
}

/** Databases differ in whether case tells columns apart; scripts that run are not to be refused. */
function find<Column extends { name: string }>(
  columns: readonly Column[],
  name: string,
): Column | undefined {
  const exact = columns.find((column) => column.name === name);
  return exact ?? columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
}

function sourceColumns(
  columns: SyncPlan['read']['columns'],
  reads: KnownTables['reads'],
  ofQuery: boolean,
): Passing[] | null {
  const [first] = [...reads.values()];
  if (ofQuery) return null;
  if (columns === '*') return first?.slice() ?? null;
  return columns.map((column) => {
    const text = typeof column === 'string' ? column : (column.name ?? '');
    const name = columnName(text);
    const type = name === null ? undefined : find(first ?? [], name)?.type;
    return { name: name ?? text, type: type ?? null };
  });
}

function targetColumns(
  columns: SyncPlan['write']['columns'],
  target: KnownTables['target'],
): Passing[] | null {
  if (columns === '*') return target?.columns.slice() ?? null;
  return columns.map((name) => {
    const type = find(target?.columns ?? [], name)?.type ?? null;
    return { name, type };
  });
}

function byName(from: Passing[], into: Passing[], all: boolean): ColumnFindings {
  const unmatched = into.filter(({ name }) => find(from, name) === undefined);
  const messages = unmatched.map(({ name }) => `nothing that is read is named ${name}`);
  const doubts = into.flatMap((column) => {
    const source = find(from, column.name);
    return source ? (doubt(source, column) ?? []) : [];
  });
  // Of all columns of a target, those that are not read keep their default.
  return all
    ? { failures: [], warnings: [...messages, ...doubts] }
    : { failures: messages, warnings: doubts };
}

type Family = 'number' | 'boolean' | 'text' | 'time' | 'bytes' | 'other';

const families: readonly (readonly [RegExp, Family])[] = [
  [/interval|\[\]|list|struct|map|json|xml|geom|uuid|enum|set\b|inet|range/i, 'other'],
  [/bool|^bit(\(1\))?$/i, 'boolean'],
  [/blob|binary|bytea|^bit/i, 'bytes'],
  [/char|text|string|name|clob/i, 'text'],
  [/date|time|year/i, 'time'],
  [/int|dec|num|float|double|real|serial|money|number/i, 'number'],
];

function familyOf(type: string): Family {
  return families.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';
}

/** Pairs in which every value of the one is one of the other. */
function doubt(from: Passing, into: Passing): string | null {
  if (from.type === null || into.type === null) return null;
  const [one, other] = [familyOf(from.type), familyOf(into.type)];
  if (one === other || other === 'text' || one === 'other' || other === 'other') return null;
  if (one === 'boolean' && other === 'number') return null;
  return (
    `${from.name} (${from.type}) goes into ${into.name} (${into.type}); ` +
    'rows whose value does not fit are dirty'
  );
}
