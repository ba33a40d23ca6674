/** Which tables a query reads, by a parser of SQL. */
import { Parser as MysqlParser } from 'node-sql-parser/build/mysql';
import { Parser as PostgresParser } from 'node-sql-parser/build/postgresql';
import { parseScriptTable, type ScriptTable } from './script-table-name';
import type { SyncKind } from './script-schema';

export interface QueryTables {
  tables: ScriptTable[];
  /** False: the parser does not know all that the query says, and names were picked out of its text. */
  parsed: boolean;
}

interface WithName {
  with?: { name: { value: string } }[] | null;
}

/** Names after FROM and JOIN, for queries that the parser does not take. */
function namesIn(sql: string): ScriptTable[] {
  const bare = sql
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/'(?:[^']|'')*'/g, "''");
  const name = String.raw`(?:"[^"]+"|\x60[^\x60]+\x60|[\p{L}_][\p{L}\p{N}_$]*)`;
  const after = new RegExp(
    String.raw`\b(?:from|join)\s+(?:only\s+)?(${name}(?:\s*\.\s*${name})*)`,
    'giu',
  );
  return [...bare.matchAll(after)].flatMap(([, text]) => parseScriptTable(text!) ?? []);
}

/** Tables that a query reads, each once, those of its own WITH left out. */
export function tablesOfQuery(kind: SyncKind, sql: string): QueryTables {
  try {
    const parser = kind === 'mysql' ? new MysqlParser() : new PostgresParser();
    const database = kind === 'mysql' ? 'MySQL' : 'Postgresql';
    const { ast, tableList } = parser.parse(sql, { database });
    const statements = (Array.isArray(ast) ? ast : [ast]) as unknown as WithName[];
    const own = statements.flatMap((one) => (one.with ?? []).map(({ name }) => name.value));
    const tables = tableList.flatMap((entry) => {
      const [, schema = 'null', table = ''] = entry.split('::');
      if (schema === 'null' && own.includes(table)) return [];
      return [{ schema: schema === 'null' ? null : schema, table }];
    });
    return { tables: distinct(tables), parsed: true };
  } catch {
    return { tables: distinct(namesIn(sql)), parsed: false };
  }
}

function distinct(tables: ScriptTable[]): ScriptTable[] {
  const keys = tables.map(({ schema, table }) => JSON.stringify([schema, table]));
  return tables.filter((_, index) => keys.indexOf(keys[index]!) === index);
}
