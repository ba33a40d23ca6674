/** Statements that end a transaction by themselves: they cannot be part of a copy that is all or nothing. */
import type { SyncKind } from './script-schema';
import { splitStatements } from './sql-statements';

/** What stands before a word: a comment to the end of its line, one in brackets, one that MySQL runs. */
const between = /(?:--|#)[^\n\r]*|\/\*M?!\d*|\/\*|[^A-Za-z_]/y;
const wordAt = /[A-Za-z_]+/y;

/** The first two words of a statement, comments left out. Goes through it once, as it may be long. */
function wordsOf(sql: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < sql.length && words.length < 2;) {
    const isWord = matchAt(wordAt, sql, at);
    const found = isWord ?? matchAt(between, sql, at)!;
    if (isWord !== null) words.push(isWord.toLowerCase());
    const end = found === '/*' ? sql.indexOf('*/', at + 2) : at + found.length;
    at = end < 0 ? sql.length : end;
  }
  return words;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
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

/** What `session` is for; anything else could end the transaction that a side is kept in. */
const sessionWords = ['set', 'reset', 'select', 'use', 'pragma'];

/** @returns a sentence; null where the statement may stand in `session` */
export function notOfSession(sql: string): string | null {
  const [word = ''] = wordsOf(sql);
  if (/autocommit/i.test(sql)) return 'autocommit would end the transaction; leave it out';
  if (sessionWords.includes(word)) return null;
  return `a session is set up by SET and SELECT; ${word.toUpperCase() || 'this'} is for "preSql" of a writer`;
}

/** Each statement of `preSql`, `postSql` and `session`, whether they are a list or one text. */
export function singleStatementsOf(given: string | string[] | undefined): string[] {
  return statementsOf(given).flatMap(splitStatements);
}

/** The queries of a reader: a list, or a text that is one. */
export function statementsOf(given: string | string[] | undefined): string[] {
  const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
  return list.map((sql) => sql.trim().replace(/;\s*$/, '')).filter((sql) => sql !== '');
}
