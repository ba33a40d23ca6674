/** The former result beside the present IDs and users: who goes on under which one_id. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { HeldWrite } from '../../../connectors/connector';
import { queryRows } from '../../../connectors/duckdb-engine';
import { registerLookUp } from '../../../connectors/duckdb-vectors';
import { awaitedLater } from './awaited-later';
import { matchFormer, tiedUsers } from './former-ids';
import { countPairs } from './former-pairs';
import { readFormerRows, type PresentIds, type ReadRows } from './former-rows';
import { noId } from './links';
import type { ComputeRequest } from './messages';
import { numbersIn } from './numbers-sql';
import { compareAge, type MatchedFormer } from './one-ids';
import { scanTable } from './scan-table';
import type { Users } from './users';
import { lastWriteOf } from './written';

/** What the target holds before a result is put in its place. */
export interface Former extends ReadRows {
  /** Whose result it is. */
  write: HeldWrite;
}

const columns = ['one_id', 'id_type', 'id_value'];

/** Reads the former result; null: there is none. Which users there are need not be known yet. */
export async function readFormer(
  connection: DuckDBConnection,
  request: ComputeRequest,
  present: PresentIds,
  signal: AbortSignal,
): Promise<Former | null> {
  const { target } = request;
  const write = await lastWriteOf(request);
  if (write === null) return null;
  const former = await scanTable(
    connection,
    request,
    { ...target, columns, signal, mayHold: true },
    ({ relation }) => relation,
    (relation) => readFormerRows(connection, relation, present),
  );
  return { write, ...former };
}

/** Who keeps which former id. */
export async function matchWithFormer(
  connection: DuckDBConnection,
  { table, rows }: Former,
  users: Users,
): Promise<MatchedFormer> {
  const pairs = countPairs(rows, table.count, users.userOf);
  const ranking = awaitedLater(rankBySmallestId(connection, users, tiedUsers(pairs)));
  // While DuckDB looks for the texts.
  const oneIds = table.oneIds();
  const rankOf = await ranking;
  const match = matchFormer(
    pairs,
    { users: users.count, formers: table.count },
    { compareAge: (one, other) => compareAge(oneIds, one, other), rankOf },
  );
  return { table, oneIds, match };
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
  const ids: number[] = [];
  userOf.forEach((user, id) => {
    if (user !== noId && isWanted[user] === 1) ids.push(id);
  });
  const userSql = registerLookUp(connection, userOf);
  const rows = await queryRows(
    connection,
    `SELECT ${userSql}(number) AS user
     FROM ids SEMI JOIN ${await numbersIn(connection, Uint32Array.from(ids))} USING (number)
     GROUP BY user ORDER BY min(struct_pack(type := type, value := value))`,
  );
  return new Map(rows.map((row, rank) => [Number(row.user), rank]));
}
