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
  const bare = withoutComments(sql);
  const name = String.raw`(?:"[^"]+"|\x60[^\x60]+\x60|[\p{L}_][\p{L}\p{N}_$]*)`;
  const after = new RegExp(
    String.raw`\b(?:from|join)\s+(?:only\s+)?(${name}(?:\s*\.\s*${name})*)`,
    'giu',
  );
  return [...bare.matchAll(after)].flatMap(([, text]) => parseScriptTable(text!) ?? []);
}

/** The text without comments and with empty texts; goes through it once. */
function withoutComments(sql: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < sql.length; at += 1) {
    const end = endOfQuoted(sql, at);
    if (end === null) continue;
    pieces.push(sql.slice(kept, at), sql[at] === "'" ? "''" : ' ');
    kept = end;
    at = end - 1;
  }
  return pieces.join('') + sql.slice(kept);
}

/** Where a comment or a text that begins here is over; null where none does. */
function endOfQuoted(sql: string, at: number): number | null {
  const behind = (mark: string, from: number): number => {
    const found = sql.indexOf(mark, from);
    return found === -1 ? sql.length : found + mark.length;
  };
  if (sql.startsWith('--', at)) return behind('\n', at);
  if (sql.startsWith('/*', at)) return behind('*/', at + 2);
  if (sql[at] !== "'") return null;
  let end = behind("'", at + 1);
  while (sql[end] === "'") end = behind("'", end + 1);
  return end;
}

/** Longer queries, all of a script together, would keep the parser busy for seconds. */
const longestParsed = 20_000;

/** Whether the queries of a script are short enough to be parsed; else names are picked out. */
export function mayParse(queries: readonly string[]): boolean {
  return queries.reduce((length, sql) => length + sql.length, 0) <= longestParsed;
}

/** Tables that a query reads, each once, those of its own WITH left out. */
export function tablesOfQuery(kind: SyncKind, sql: string, parse = true): QueryTables {
  if (!parse) return { tables: distinct(namesIn(sql)), parsed: false };
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
  const byName = new Map(tables.map((one) => [JSON.stringify([one.schema, one.table]), one]));
  return [...byName.values()];
}
