/** The lineage analysis of a script: which columns of which tables it reads and writes. Pure. */
import { columnsOfQuery } from './query-columns';
import { mayParse } from './query-tables';
import type { ScriptEndpoint } from './script-endpoints';
import type { LineageAnalysis } from './script-object';
import { formatTableName } from './table-name';

interface TableColumns {
  table: string;
  /** Null: all of them. */
  columns: string[] | null;
}

/**
 * @param described columns of the tables that could be looked at, by name of the table
 */
export function analyseLineage(
  endpoints: readonly ScriptEndpoint[],
  described: ReadonlyMap<string, readonly string[]>,
): LineageAnalysis {
  const of = (side: ScriptEndpoint['side']) =>
    endpoints.filter((endpoint) => endpoint.side === side);
  const whole = ({ table, columns }: TableColumns) => ({
    table,
    columns: columns ?? described.get(table)?.slice() ?? null,
  });
  return {
    reads: merged(of('read').flatMap(readBy)).map(whole),
    writes: merged(of('write').flatMap(writtenBy)).map(whole),
    complete: endpoints.every(({ parsed, connection }) => parsed && connection !== null),
  };
}

function readBy(endpoint: ScriptEndpoint): TableColumns[] {
  const { queries, kind } = endpoint;
  if (queries.length === 0) return namesOf(endpoint).map(({ name }) => plain(endpoint, name));
  const byTable = mayParse(queries) ? queries.map((sql) => columnsOfQuery(kind, sql)) : [];
  return namesOf(endpoint).map(({ name, table }) => {
    const found = byTable.flatMap((columns) => columns.get(table) ?? []);
    return { table: name, columns: found.length > 0 ? [...new Set(found)] : null };
  });
}

function writtenBy(endpoint: ScriptEndpoint): TableColumns[] {
  return namesOf(endpoint).map(({ name }) => plain(endpoint, name));
}

/** Expressions among the columns name none by themselves. */
function plain({ columns }: ScriptEndpoint, table: string): TableColumns {
  return { table, columns: columns && columns.flatMap((column) => columnName(column) ?? []) };
}

function namesOf({ connection, tables }: ScriptEndpoint): { name: string; table: string }[] {
  if (connection === null) return [];
  return tables.map((table) => ({
    name: formatTableName({ connection, ...table }),
    table: table.table,
  }));
}

/** Words that stand alone and name no column of a table, or one that no list of columns has. */
const notColumns =
  /^(null|true|false|current_\w+|localtime|localtimestamp|user|session_user|rowid|oid|ctid|xmin|xmax|cmin|cmax|tableoid)$/i;

/** The name that a column of a script is; null for an SQL expression. */
export function columnName(column: string): string | null {
  const quoted = /^"((?:[^"]|"")+)"$|^`((?:[^`]|``)+)`$/.exec(column.trim());
  if (quoted) return quoted[1]?.replaceAll('""', '"') ?? quoted[2]!.replaceAll('``', '`');
  const isName = /^[\p{L}_][\p{L}\p{N}_$ ]*$/u.test(column.trim());
  return isName && !notColumns.test(column.trim()) ? column.trim() : null;
}

/** One entry of each table. */
function merged(found: readonly TableColumns[]): TableColumns[] {
  const byTable = new Map<string, string[] | null>();
  for (const { table, columns } of found) {
    const known = byTable.get(table);
    const both = known === null || columns === null ? null : [...(known ?? []), ...columns];
    byTable.set(table, both && [...new Set(both)]);
  }
  return [...byTable].map(([table, columns]) => ({ table, columns }));
}
