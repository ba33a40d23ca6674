/** Which tables of a source a collection is about. */
import { RE2JS } from 're2js';

export interface TableFilterInput {
  /** Names of databases (schemas); none: all. */
  databases: readonly string[];
  /** `database.table` each, or regular expressions over the whole of that; none: all. */
  tables: readonly string[];
  filterByRegex: boolean;
}

export interface TableFilter {
  takes(schema: string, table: string): boolean;
  /** The only databases that anything can be taken of; null: any. Sources are asked for no others. */
  databases: string[] | null;
  /** Tables that are named one by one; patterns name none. */
  named: NamedTable[];
  /** Those that are named in a database which is none of the named ones: they cannot be taken. */
  outside: NamedTable[];
}

export interface NamedTable {
  schema: string;
  table: string;
}

/** What is wrong with a regular expression; null: nothing. They take linear time, whatever they say. */
export function patternProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (error) {
    return `is not a regular expression that is taken (RE2): ${(error as Error).message}`;
  }
}

/** The database comes before the first dot; the name of a table may hold dots. */
function partsOf(entry: string): NamedTable {
  const dot = entry.indexOf('.');
  return { schema: entry.slice(0, dot), table: entry.slice(dot + 1) };
}

export function makeTableFilter({
  databases,
  tables,
  filterByRegex,
}: TableFilterInput): TableFilter {
  const inDatabases = databases.length === 0 ? null : new Set(databases);
  const isInDatabase = (schema: string) => inDatabases === null || inDatabases.has(schema);
  if (filterByRegex && tables.length > 0) {
    const patterns = tables.map((pattern) => RE2JS.compile(pattern));
    return {
      takes: (schema, table) =>
        isInDatabase(schema) && patterns.some((pattern) => pattern.matches(`${schema}.${table}`)),
      databases: inDatabases && [...inDatabases],
      ...{ named: [], outside: [] },
    };
  }
  const names = tables.length === 0 ? null : new Set(tables);
  const all = [...(names ?? [])].map(partsOf);
  const named = all.filter(({ schema }) => isInDatabase(schema));
  return {
    takes: (schema, table) =>
      isInDatabase(schema) && (names === null || names.has(`${schema}.${table}`)),
    databases:
      names === null
        ? inDatabases && [...inDatabases]
        : [...new Set(named.map(({ schema }) => schema))],
    named,
    outside: all.filter(({ schema }) => !isInDatabase(schema)),
  };
}
