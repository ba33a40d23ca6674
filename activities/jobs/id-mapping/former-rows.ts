/** The rows of a former result, by the numbers of the present IDs that they name. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { numbersOf, registerListener, textsOf, uuidsOf } from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import { AddonTexts } from '../../../native/texts';
import type { Dictionary } from './dictionary';
import type { FormerRows } from './former-pairs';
import { FormerTable, type FormerIds } from './former-table';
import { formerIdsOf } from './former-texts';
import { leftOutCode, noId } from './links';
import { numbersIn } from './numbers-sql';
import { textsMemoryMiB } from './scratch';

/** The IDs of the tables. */
export type PresentIds = Pick<Dictionary, 'idCount' | 'leftOut'> & {
  /** Names of the types, by their places. */
  idTypes: string[];
};

/** What was read. */
export interface ReadRows {
  /** The one_ids of the former result. */
  table: FormerIds;
  rows: FormerRows;
}

/**
 * Finds the present IDs in a former result.
 * @param former relation `(one_id, id_type, id_value)`, of any types
 */
export async function readFormerRows(
  connection: DuckDBConnection,
  former: string,
  present: PresentIds,
): Promise<ReadRows> {
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
): Promise<ReadRows | null> {
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
): Promise<ReadRows> {
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
