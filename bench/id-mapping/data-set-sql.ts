/**
 * What the rows of the data set hold, as SQL. All is made from the number of the row, so that the
 * same sizes give the same rows. IDs are clean: what stands in a column is the ID as it is compared.
 */
import { quoteText } from '../../connectors/sql-text';

/** Sizes that follow from the number of rows. */
interface Shape {
  users: number;
  cookies: number;
  /**
   * The first users are three large clusters, in which each was seen on a device of another one: a
   * tree of eight branches, a chain, and a tree of a hundred. No ID stands beside very many others.
   */
  tree: number;
  chain: number;
  bush: number;
}

export function shapeOf(rows: number): Shape {
  return {
    users: Math.floor(rows * 0.11),
    cookies: Math.floor(rows * 0.13),
    tree: Math.floor(rows / 245),
    chain: Math.floor(rows / 2_000),
    bush: Math.floor(rows / 10_000),
  };
}

/** A table of the data set. */
export interface TableSql {
  name: string;
  /** Of all rows. */
  share: number;
  /** What a row is about: the number of a user or of a cookie, over `row`. */
  subject: string;
  subjects: 'users' | 'cookies';
  /** Columns with IDs; `$` stands for the subject. */
  columns: { column: string; idType: string; sql: string }[];
}

export const tablesSql: TableSql[] = [
  {
    ...{ name: 'customers', share: 0.15, subjects: 'users' },
    subject: 'in_turn(row, 2654435761, users())',
    columns: [
      { column: 'member_no', idType: 'member_id', sql: 'member_of($)' },
      {
        column: 'mobile',
        idType: 'phone',
        sql: 'at_times(95, phone_of($, round_of(row)), row, 1)',
      },
      { column: 'mail', idType: 'email', sql: 'at_times(90, email_of($, round_of(row)), row, 2)' },
    ],
  },
  {
    ...{ name: 'orders', share: 0.25, subjects: 'users' },
    // Some buy far more often than others.
    subject: 'in_turn(uneven(row), 2246822519, users())',
    columns: [
      { column: 'phone', idType: 'phone', sql: 'at_times(95, phone_of($, row % 2), row, 4)' },
      { column: 'email', idType: 'email', sql: 'at_times(85, email_of($, row % 3 % 2), row, 5)' },
      { column: 'member_no', idType: 'member_id', sql: 'at_times(70, member_of($), row, 6)' },
    ],
  },
  {
    ...{ name: 'logins', share: 0.25, subjects: 'users' },
    subject: 'in_turn(row, 3266489917, users())',
    columns: [
      { column: 'device', idType: 'device_id', sql: 'device_of($, round_of(row) % 2)' },
      { column: 'member_no', idType: 'member_id', sql: 'member_of($)' },
      { column: 'phone', idType: 'phone', sql: 'at_times(40, phone_of($, 0), row, 7)' },
    ],
  },
  {
    ...{ name: 'visits', share: 0.35, subjects: 'cookies' },
    subject: 'in_turn(row, 668265263, cookies())',
    columns: [
      { column: 'cookie', idType: 'cookie', sql: 'cookie($)' },
      {
        column: 'device',
        idType: 'device_id',
        sql: 'at_times(95, device_of(visitor($), 1), row, 8)',
      },
      { column: 'email', idType: 'email', sql: 'at_times(30, email_of(visitor($), 0), row, 9)' },
      {
        column: 'member_no',
        idType: 'member_id',
        sql: 'at_times(50, member_of(visitor($)), row, 10)',
      },
    ],
  },
];

const list = (...texts: string[]): string => `[${texts.map(quoteText).join(', ')}]`;

const firstNames = list(
  ...['anna', 'ben', 'chen', 'dora', 'elif', 'farid', 'grace', 'hugo', 'ines', 'jonas'],
  ...['kira', 'li', 'maria', 'nils', 'olga', 'paul', 'rosa', 'samir', 'tom', 'wei'],
);
const lastNames = list(
  ...['adler', 'bauer', 'costa', 'dubois', 'eriksen', 'fischer', 'garcia', 'huang', 'ivanov'],
  ...['jansen', 'kowalski', 'lopez', 'martin', 'novak', 'okafor', 'peters', 'rossi', 'wang'],
);
const domains = list('mail.example', 'post.example', 'inbox.example', 'company.example');

/** Functions that the columns use. User `u` has up to four IDs of a type, of keys from `4 * u` on. */
export function macrosOf({ users, cookies, tree, chain, bush }: Shape): string[] {
  const [chainEnd, bushEnd] = [tree + chain, tree + chain + bush];
  return [
    `users() AS ${users}`,
    `cookies() AS ${cookies}`,
    // The same choice for the same number; `what` tells choices of one number apart.
    'pick(n, what, choices) AS (hash(n, what) % choices)::BIGINT',
    'at_times(percent, id, n, what) AS CASE WHEN pick(n, what, 100) < percent THEN id END',
    // Each subject as often as any other, but not in their order: the stride is a large prime.
    'in_turn(n, stride, subjects) AS (n * stride) % subjects',
    'round_of(n) AS n // users()',
    // The square of an even choice: small numbers come far more often.
    'even(n) AS pick(n, 3, 2147483647) / 2147483647',
    'uneven(n) AS (users() * even(n) * even(n))::BIGINT',
    'one_of(n, what, texts) AS texts[1 + pick(n, what, len(texts))]',
    // Different keys are different digits: the factors are coprime with ten.
    "digits(key, factor) AS lpad((key * factor % 100000000)::VARCHAR, 8, '0')",

    "member_id(key) AS 'm20' || digits(key, 7368787)",
    "phone(key) AS '+86139' || digits(key, 92821379)",
    `email(key) AS one_of(key, 11, ${firstNames}) || '.' || one_of(key, 12, ${lastNames})
      || key || '@' || one_of(key, 13, ${domains})`,
    "device_id(key) AS left(md5('device ' || key), 16)",
    "cookie(key) AS '10' || digits(key, 36712981) || '.' || (1700000000 + pick(key, 14, 50000000))",

    `is_linked(u) AS u < ${bushEnd}`,
    `linked_to(u) AS CASE
      WHEN u < ${tree} THEN greatest(u - 1, 0) // 8
      WHEN u < ${chainEnd} THEN greatest(u - 1, ${tree})
      ELSE ${chainEnd} + greatest(u - ${chainEnd} - 1, 0) // 100 END`,
    'member_of(u) AS CASE WHEN is_linked(u) OR pick(u, 15, 100) < 85 THEN member_id(4 * u) END',
    // Some share the phone of another user; some have two of their own.
    `phone_of(u, n) AS phone(CASE
      WHEN NOT is_linked(u) AND pick(u, 16, 25) = 0 THEN 4 * (u - 1)
      WHEN pick(u, 17, 5) = 0 THEN 4 * u + n ELSE 4 * u END)`,
    'email_of(u, n) AS email(CASE WHEN pick(u, 18, 5) = 0 THEN 4 * u + n ELSE 4 * u END)',
    `device_of(u, n) AS device_id(CASE
      WHEN n = 1 THEN 4 * u
      WHEN is_linked(u) THEN 4 * linked_to(u)
      WHEN pick(u, 19, 5) = 0 THEN 4 * u + 1 ELSE 4 * u END)`,
    // Many a cookie is of nobody who is known.
    'visitor(c) AS CASE WHEN pick(c, 20, 100) < 60 THEN pick(c, 21, users()) END',
  ].map((macro) => `CREATE MACRO ${macro}`);
}

/**
 * The rows of a table.
 * @param edits tells one set of edits from another: one row in a hundred is about another subject
 * then, and of ten of those one still holds its first ID, which links both; null: no edits
 */
export function rowsSql(table: TableSql, rows: number, edits: number | null): string {
  const columns = table.columns.map(({ column, sql }, place) => {
    const subject = place === 0 ? 'first_subject' : 'subject';
    return `${sql.replaceAll('$', subject)} AS ${column}`;
  });
  return `
    SELECT ${columns.join(', ')}
    FROM (
      SELECT row, CASE WHEN is_edited THEN other ELSE usual END AS subject,
        CASE WHEN is_edited AND pick(row, 22, 10) > 0 THEN other ELSE usual END AS first_subject
      FROM (
        SELECT row, ${isEditedSql(edits)} AS is_edited, ${table.subject} AS usual,
          pick(row, 23, ${table.subjects}()) AS other
        FROM ${numbersSql(table, rows)}
      )
    )`;
}

/** Numbers of the rows that are edited. */
export function editedSql(table: TableSql, rows: number, edits: number | null): string {
  return `SELECT row FROM ${numbersSql(table, rows)} WHERE ${isEditedSql(edits)}`;
}

function numbersSql({ share }: TableSql, rows: number): string {
  return `range(${Math.floor(rows * share)}) AS numbers(row)`;
}

function isEditedSql(edits: number | null): string {
  return edits === null ? 'false' : `pick(row, ${1_000 + edits}, 100) = 0`;
}
