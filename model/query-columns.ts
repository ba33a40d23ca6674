/** Which columns a query reads, by a parser of SQL. */
import { Parser as MysqlParser } from 'node-sql-parser/build/mysql';
import { Parser as PostgresParser } from 'node-sql-parser/build/postgresql';
import type { SyncKind } from './script-schema';

/**
 * @returns by name of table the columns of it that the query names; null for a table where that
 *   cannot be told, as for `*`. Empty where the query cannot be read at all
 */
export function columnsOfQuery(kind: SyncKind, sql: string): Map<string, string[] | null> {
  const parsed = parse(kind, sql);
  if (parsed === null) return new Map();
  const tables = [...new Set(parsed.tableList.map((entry) => entry.split('::')[2] ?? ''))];
  const named = parsed.columnList.map((entry) => {
    const [, table = 'null', ...column] = entry.split('::');
    return { table: table === 'null' ? null : table, column: column.join('::') };
  });
  // Without the name of its table a column may be of any of several.
  const isOpen = named.some(({ table }) => table === null) && tables.length > 1;
  return new Map(
    tables.map((name) => {
      const own = named.filter(({ table }) => table === name || (table === null && !isOpen));
      const columns = [...new Set(own.map(({ column }) => column))];
      const isAll = isOpen || columns.length === 0 || columns.some((column) => /\*/.test(column));
      return [name, isAll ? null : columns];
    }),
  );
}

function parse(kind: SyncKind, sql: string): { tableList: string[]; columnList: string[] } | null {
  try {
    return kind === 'mysql'
      ? new MysqlParser().parse(sql, { database: 'MySQL' })
      : new PostgresParser().parse(sql, { database: 'Postgresql' });
  } catch {
    return null;
  }
}
