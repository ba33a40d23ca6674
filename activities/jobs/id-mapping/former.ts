/** The former result beside the present IDs and users: who goes on under which one_id. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { LastWrite } from '../../../connectors/connector';
import { queryRows } from '../../../connectors/duckdb-engine';
import {
  numbersOf,
  registerListener,
  registerLookUp,
  textsOf,
  uuidsOf,
} from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import { AddonTexts } from '../../../native/texts';
import { awaitedLater } from './awaited-later';
import type { Dictionary } from './dictionary';
import { matchFormer, tiedUsers } from './former-ids';
import { countPairs, type FormerRows } from './former-pairs';
import { FormerTable, type FormerIds } from './former-table';
import { formerIdsOf } from './former-texts';
import { leftOutCode, noId } from './links';
import type { ComputeRequest } from './messages';
import { numbersIn } from './numbers-sql';
import { compareAge, type MatchedFormer } from './one-ids';
import { scanTable } from './scan-table';
import { textsMemoryMiB } from './scratch';
import type { Users } from './users';

/** What the target holds before a result is put in its place. */
export interface Former {
  /** Whose result it is. */
  write: LastWrite;
  /** Its one_ids. */
  table: FormerIds;
  rows: FormerRows;
}

/** The IDs of the tables. */
export type PresentIds = Pick<Dictionary, 'idCount' | 'leftOut'> & {
  /** Names of the types, by their places. */
  idTypes: string[];
};

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
    (relation) => readRows(connection, relation, present),
  );
  return { write, ...former };
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

/** Finds the present IDs in a former result. @param former relation of `columns`, of any type */
async function readRows(
  connection: DuckDBConnection,
  former: string,
  present: PresentIds,
): Promise<Pick<Former, 'table' | 'rows'>> {
  const texts = AddonTexts.open(textsMemoryMiB());
  const byAddon = texts && (await readByAddon(connection, former, present, texts));
  return byAddon ?? readInJavaScript(connection, former, present);
}

/** @returns null where two one_ids have one hash, or there is no room, or a row names an ID once more */
async function readByAddon(
  connection: DuckDBConnection,
  former: string,
  present: PresentIds,
  texts: AddonTexts,
): Promise<Pick<Former, 'table' | 'rows'> | null> {
  const formerOf = new Uint32Array(present.idCount).fill(noId);
  const numbering = texts.number(connection, formerOf, 0);
  const call = `${numbering.name}(one_id, hash(one_id), coalesce(number, ${noId}::UINTEGER))`;
  try {
    const found = await callWithRows(connection, former, present, { call, extra: '' });
    const isOnce = countNumbers(formerOf) === found;
    if (texts.count === null || !isOnce) return null;
    return { table: formerIdsOf(texts), rows: { formerOf, again: [] } };
  } finally {
    numbering.release();
    // Whether or not it has come to that.
    texts.end();
  }
}

function countNumbers(numbers: Uint32Array): number {
  let count = 0;
  for (const number of numbers) if (number !== noId) count += 1;
  return count;
}

/** 32 hex digits are read as a UUID, which is four words in memory. */
const noDigits = `'00000000-0000-0000-0000-000000000000'::UUID`;
const digitsSql = `CASE WHEN strlen(one_id) = 32 AND lower(one_id) = one_id
  THEN coalesce(TRY_CAST(one_id AS UUID), ${noDigits}) ELSE ${noDigits} END AS digits`;

/** A user has so many IDs or more, as a rule. */
const idsPerUser = 3;

async function readInJavaScript(
  connection: DuckDBConnection,
  former: string,
  present: PresentIds,
): Promise<Pick<Former, 'table' | 'rows'>> {
  const [counted] = await queryRows(connection, `SELECT count(*) AS rows FROM ${former}`);
  const table = new FormerTable(Number(counted?.rows) / idsPerUser);
  const formerOf = new Uint32Array(present.idCount).fill(noId);
  const again: FormerRows['again'] = [];
  let numbers = new Uint32Array(0);
  const listener = registerListener(connection, ['UUID', 'VARCHAR', 'UINTEGER'], (rows) => {
    const count = rows.rowCount;
    if (numbers.length < count) numbers = new Uint32Array(count);
    table.number(uuidsOf(rows, 0), count, textsOf(rows, 1), numbers);
    const ids = numbersOf(rows, 2);
    for (let row = 0; row < count; row += 1) {
      const id = ids[row]!;
      if (id === noId) continue;
      if (formerOf[id] === noId) formerOf[id] = numbers[row]!;
      else again.push({ id, former: numbers[row]! });
    }
  });
  const call = `${listener.name}(digits, CASE WHEN digits = ${noDigits} THEN one_id ELSE '' END,
    coalesce(number, ${noId}::UINTEGER))`;
  await callWithRows(connection, former, present, { call, extra: digitsSql }).finally(() =>
    listener.release(),
  );
  return { table, rows: { formerOf, again } };
}

/**
 * Calls a function with all rows of the former result.
 * @param call SQL over `one_id`, `number` (of the present ID; NULL: there is none) and what `extra` says
 * @param extra a column over `one_id`, or nothing
 * @returns how many rows name a present ID
 */
async function callWithRows(
  connection: DuckDBConnection,
  former: string,
  { idTypes, leftOut }: PresentIds,
  { call, extra }: { call: string; extra: string },
): Promise<number> {
  let found = 0;
  const tell = async (condition: string, join: string): Promise<void> => {
    const [row] = await queryRows(
      connection,
      `SELECT count(${call}) AS called, count(number) AS found
       FROM (SELECT one_id, value${extra && `, ${extra}`}
         FROM (SELECT one_id::VARCHAR AS one_id, id_value::VARCHAR AS value
           FROM ${former} WHERE one_id IS NOT NULL AND ${condition})) ${join}`,
    );
    found += Number(row!.found);
  };
  // Other spellings of an ID have its value too.
  const spellings = indexesOf(leftOut, leftOutCode.variant);
  const but =
    spellings.length > 0
      ? `ANTI JOIN ${await numbersIn(connection, spellings)} USING (number)`
      : '';
  // Type by type: together they would be a join that does not fit into the memory.
  for (const [place, idType] of idTypes.entries()) {
    const ids = `(SELECT number, value FROM ids ${but} WHERE type = ${place})`;
    await tell(`id_type = ${quoteText(idType)}`, `LEFT JOIN ${ids} USING (value)`);
  }
  const known = idTypes.map(quoteText).join(', ');
  const ofNone = 'CROSS JOIN (SELECT NULL::UINTEGER AS number)';
  await tell(`(id_type IN (${known})) IS NOT TRUE`, ofNone);
  return found;
}

function indexesOf(codes: Uint8Array, code: number): Uint32Array {
  const found: number[] = [];
  for (let at = codes.indexOf(code); at >= 0; at = codes.indexOf(code, at + 1)) found.push(at);
  return Uint32Array.from(found);
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
