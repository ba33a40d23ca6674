/** Statements that end a transaction by themselves: they cannot be part of a copy that is all or nothing. */
import type { SyncKind } from './script-schema';

/** The words of a statement, comments left out. */
function wordsOf(sql: string): string[] {
  const bare = sql
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/--[^\n]*/g, ' ')
    .replace(/^\s*#[^\n]*/gm, ' ');
  return (bare.match(/[A-Za-z_]+/g) ?? []).slice(0, 2).map((word) => word.toLowerCase());
}

const transactionWords = [
  'begin',
  'start',
  'commit',
  'rollback',
  'savepoint',
  'release',
  'abort',
  'end',
];
/** MySQL commits before and after each of these. */
const mysqlDefinitions = [
  ...['create', 'drop', 'alter', 'rename', 'truncate', 'lock', 'unlock', 'grant', 'revoke'],
  ...['analyze', 'optimize', 'repair', 'check', 'flush', 'load', 'install', 'uninstall', 'set'],
];
const outsideOnly: Record<SyncKind, string[]> = {
  mysql: mysqlDefinitions,
  postgres: ['vacuum', 'reindex', 'cluster', 'checkpoint', 'copy', 'prepare'],
  duckdb: [
    'vacuum',
    'checkpoint',
    'force',
    'attach',
    'detach',
    'copy',
    'install',
    'load',
    'use',
    'set',
  ],
  files: [],
};

/**
 * @returns a sentence that says what to use instead; null where the statement may stand in `preSql`
 * or `postSql`
 */
export function selfCommitting(kind: SyncKind, sql: string): string | null {
  const [word = '', next = ''] = wordsOf(sql);
  if (word === 'truncate' && kind !== 'duckdb') {
    return kind === 'mysql'
      ? 'TRUNCATE commits by itself in MySQL; use "writeMode": "overwrite", or DELETE FROM'
      : 'TRUNCATE empties the table for readers too; use "writeMode": "overwrite", or DELETE FROM';
  }
  if (transactionWords.includes(word)) {
    return `${word.toUpperCase()} would end the transaction of the copy; leave it out`;
  }
  if (!outsideOnly[kind].includes(word)) return null;
  if (kind === 'mysql' && (word === 'create' || word === 'drop') && next === 'temporary')
    return null;
  const instead =
    word === 'create'
      ? 'use "createTable": true'
      : 'use "writeMode": "overwrite", or run it in a task of its own';
  return `${word.toUpperCase()} cannot be part of a transaction here; ${instead}`;
}

/** The statements of `preSql` and its like: a list, or a text that is one. */
export function statementsOf(given: string | string[] | undefined): string[] {
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
  return list.map((sql) => sql.trim().replace(/;\s*$/, '')).filter((sql) => sql !== '');
}
