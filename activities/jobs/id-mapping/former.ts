/** The former result beside the present users: who goes on under which one_id, and what has changed. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { LastWrite } from '../../../connectors/connector';
import { queryRows } from '../../../connectors/duckdb-engine';
import { chunksOf, numbersOf, registerLookUp } from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import {
  apartKind,
  matchFormer,
  tiedUsers,
  type FormerMatch,
  type FormerPairs,
} from './former-ids';
import { noId } from './links';
import type { ComputeRequest } from './messages';
import { scanTable } from './scan-table';
import type { Users } from './users';

/** What the target holds before a result is put in its place. */
export interface Former {
  /** Whose result it is; null: there is none. */
  write: LastWrite | null;
  /** Who keeps which former id; null: there are no former ids. */
  match: FormerMatch | null;
}

const columns = ['one_id', 'id_type', 'id_value'];

/**
 * Matches the users with those of the former result. Leaves the relation `former_ids (number, one_id,
 * ids)`, oldest id first.
 */
export async function matchWithFormer(
  connection: DuckDBConnection,
  request: ComputeRequest,
  idTypes: string[],
  users: Users,
  signal: AbortSignal,
): Promise<Former> {
  const { target } = request;
  const write = await lastWriteOf(request);
  if (write === null) return { write, match: null };
  await scanTable(
    connection,
    request,
    { ...target, columns, signal, holdFor: connection },
    ({ relation }) => relation,
    (relation) => pairUp(connection, relation, idTypes, users),
  );
  return { write, match: await match(connection, users) };
}

async function lastWriteOf({
  filesRoots,
  fake,
  target,
}: ComputeRequest): Promise<LastWrite | null> {
  const source = openConnection(target.connection, { filesRoots }, { fake });
  try {
    return await source.lastWrite(target.ref);
  } finally {
    await source.close();
  }
}

/**
 * How many IDs each former id shares with each user, in `shared_ids (one_id, user, ids)`; `user` is
 * null for IDs that are in no user any more.
 */
async function pairUp(
  connection: DuckDBConnection,
  former: string,
  idTypes: string[],
  { userOf }: Users,
): Promise<void> {
  const userSql = registerLookUp(connection, userOf);
  // Type by type: together they would be a join that does not fit into the memory.
  const ofTypes = idTypes.map(
    (idType, place) => `SELECT one_id, user
      FROM (SELECT one_id, id_value AS value FROM ${former} WHERE id_type = ${quoteText(idType)})
        LEFT JOIN (SELECT * FROM (SELECT value, ${userSql}(number) AS user FROM ids WHERE type = ${place})
          WHERE user <> ${noId}) USING (value)`,
  );
  const ofOthers = `SELECT one_id, NULL::UINTEGER FROM ${former}
      WHERE (id_type IN (${idTypes.map(quoteText).join(', ')})) IS NOT TRUE`;
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE shared_ids AS
     SELECT one_id, user, count(*) AS ids FROM (${[...ofTypes, ofOthers].join(' UNION ALL ')})
     WHERE one_id IS NOT NULL
     GROUP BY one_id, user`,
  );
  // Rows of a table have numbers already; a window that gives some works on one thread.
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE sorted_ids AS
     SELECT one_id, sum(ids)::UINTEGER AS ids FROM shared_ids GROUP BY one_id ORDER BY one_id`,
  );
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW former_ids AS
     SELECT rowid::UINTEGER AS number, one_id, ids FROM sorted_ids`,
  );
}

async function match(connection: DuckDBConnection, users: Users): Promise<FormerMatch> {
  const pairs = await readPairs(connection);
  await connection.run('DROP TABLE shared_ids');
  const ranks = await rankBySmallestId(connection, users, tiedUsers(pairs));
  return matchFormer(pairs, users.count, ranks);
}

async function readPairs(connection: DuckDBConnection): Promise<FormerPairs> {
  const [row] = await queryRows(connection, 'SELECT count(*) AS pairs FROM shared_ids');
  const count = Number(row?.pairs);
  const pairs: FormerPairs = {
    former: new Uint32Array(count),
    user: new Uint32Array(count),
    ids: new Uint32Array(count),
  };
  let at = 0;
  const sql = `SELECT number, coalesce(user, ${noId}::UINTEGER), shared_ids.ids::UINTEGER
    FROM shared_ids JOIN former_ids USING (one_id)`;
  for await (const chunk of chunksOf(connection, sql)) {
    pairs.former.set(numbersOf(chunk, 0).subarray(0, chunk.rowCount), at);
    pairs.user.set(numbersOf(chunk, 1).subarray(0, chunk.rowCount), at);
    pairs.ids.set(numbersOf(chunk, 2).subarray(0, chunk.rowCount), at);
    at += chunk.rowCount;
  }
  return pairs;
}

/** Places of users in the order of their smallest IDs, by type and then by the bytes of the value. */
async function rankBySmallestId(
  connection: DuckDBConnection,
  { count, userOf }: Users,
  users: number[],
): Promise<Map<number, number>> {
  if (users.length === 0) return new Map();
  const isWanted = new Uint8Array(count);
  for (const user of users) isWanted[user] = 1;
  const ofWanted = userOf.map((user) => (user !== noId && isWanted[user] === 1 ? user : noId));
  const userSql = registerLookUp(connection, ofWanted);
  const rows = await queryRows(
    connection,
    `SELECT user FROM (SELECT ${userSql}(number) AS user, type, value FROM ids)
     WHERE user <> ${noId} GROUP BY user
     ORDER BY min(struct_pack(type := type, value := value))`,
  );
  return new Map(rows.map((row, rank) => [Number(row.user), rank]));
}

/** What became of the users of the former result, and where the present ones come from. */
export interface ChangeCounts {
  new: number;
  kept: number;
  gone: number;
  merged: number;
  split: number;
}

/** A relation `(change, one_id, other_one_id, ids, run_id)`. */
export interface Changes {
  relation: string;
  /** How many rows there are of each change; null where no result was there, so that all is new. */
  counts: ChangeCounts | null;
}

/** @param match what `matchWithFormer` has found */
export async function findChanges(
  connection: DuckDBConnection,
  { runId }: ComputeRequest,
  match: FormerMatch | null,
): Promise<Changes> {
  const kinds = ['gone', 'kept', 'merged', 'new', 'split'].map(quoteText).join(', ');
  const run = quoteText(runId);
  // An ENUM reads and, in this order of its values, sorts like text, and is written in less time.
  const sqlOf = (changes: string): string =>
    `SELECT change::ENUM(${kinds}) AS change, one_id, other_one_id, ids::UBIGINT AS ids,
       ${run}::ENUM(${run}) AS run_id
     FROM (${changes})`;
  if (match === null) return { relation: `(${sqlOf(newSql('true'))})`, counts: null };
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE changes AS ${sqlOf(changesSql(connection, match))}`,
  );
  const rows = await queryRows(
    connection,
    'SELECT change, count(*) AS count FROM changes GROUP BY change',
  );
  const known = Object.fromEntries(rows.map((row) => [String(row.change), Number(row.count)]));
  const counts = { new: 0, kept: 0, gone: 0, merged: 0, split: 0, ...known };
  return { relation: 'changes', counts };
}

const newSql = (condition: string): string =>
  `SELECT 'new' AS change, one_id, NULL::VARCHAR AS other_one_id, ids FROM users WHERE ${condition}`;

function changesSql(connection: DuckDBConnection, { keptIds, isGone, apart }: FormerMatch): string {
  const look = (values: Uint32Array | Uint8Array): string => registerLookUp(connection, values);
  const pairs = `SELECT ${look(apart.former)}(pair) AS former, ${look(apart.user)}(pair) AS user,
      ${look(apart.ids)}(pair) AS ids, ${look(apart.kind)}(pair) AS kind
    FROM (SELECT range::UINTEGER AS pair FROM range(${apart.kind.length}))`;
  return `
  WITH apart AS (
    SELECT users.one_id, former_ids.one_id AS other_one_id, pairs.ids, kind
    FROM (${pairs}) AS pairs JOIN users ON users.number = pairs.user
      JOIN former_ids ON former_ids.number = pairs.former)
  ${newSql('former IS NULL')}
  UNION ALL SELECT 'kept', one_id, NULL, ${look(keptIds)}(number) FROM users WHERE former IS NOT NULL
  UNION ALL SELECT 'gone', one_id, NULL, ids FROM former_ids WHERE ${look(isGone)}(number) = 1
  UNION ALL SELECT 'merged', one_id, other_one_id, ids FROM apart WHERE (kind & ${apartKind.merged}) <> 0
  UNION ALL SELECT 'split', one_id, other_one_id, ids FROM apart WHERE (kind & ${apartKind.split}) <> 0`;
}
