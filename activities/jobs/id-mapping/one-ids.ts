/** Gives every user its one_id. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { registerDoubleLookUp, registerLookUp } from '../../../connectors/duckdb-vectors';
import type { Former } from './former';
import { noId } from './links';
import type { Representatives, Users } from './users';

/** Hex digits of the part of a one_id that says when it was given: ids sort by their age. */
const generationDigits = 12;

/**
 * Makes `users (number, one_id, former, ids)`. Who is the same user as before keeps the former id.
 * A new id is made of the time at which the try began, of the type and of the hash of the ID that
 * stands for the user, so that no two users ever get the same one, whichever task gives it; in a
 * first result the time says nothing, so that the same content gets the same ids, whatever the order
 * of rows and tables.
 * @param startedAtMs of the try
 * @throws Error where an id would be given twice
 */
export async function assignOneIds(
  connection: DuckDBConnection,
  users: Users,
  { low, high, type }: Representatives,
  former: Former,
  startedAtMs: number,
): Promise<void> {
  const kept = former.match?.kept ?? new Uint32Array(users.count).fill(noId);
  const hash = registerDoubleLookUp(connection, low, high);
  const idsAndType = registerDoubleLookUp(connection, users.ids, type);
  const keptSql = registerLookUp(connection, kept);
  const generation = former.match === null ? 0 : startedAtMs;
  const prefix = generation.toString(16).padStart(generationDigits, '0');
  const formerIds =
    former.match === null
      ? '(SELECT NULL::UINTEGER AS number, NULL::VARCHAR AS one_id WHERE false)'
      : 'former_ids';
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE users AS
     SELECT found.number,
       coalesce(former_ids.one_id,
         format('${prefix}{:04x}{:016x}', found.ids_and_type >> 32, found.hash)) AS one_id,
       former_ids.number AS former, (found.ids_and_type & ${noId})::UINTEGER AS ids
     FROM (SELECT number, ${hash}(number) AS hash, ${idsAndType}(number) AS ids_and_type
         FROM (${numbersSql(users.count)})) AS found
       LEFT JOIN ${formerIds} AS former_ids ON former_ids.number = ${keptSql}(found.number)`,
  );
  if (former.match !== null) await refuseDoubles(connection);
}

/** Parts that DuckDB makes side by side: one range of numbers is made by one thread. */
const numberParts = 8;

/** `(number)` from 0 on. */
function numbersSql(count: number): string {
  const size = Math.ceil(count / numberParts);
  const parts = Array.from({ length: numberParts }, (_, part) => {
    const [from, to] = [part * size, (part + 1) * size].map((end) => Math.min(end, count));
    return `SELECT range::UINTEGER AS number FROM range(${from}, ${to})`;
  });
  return parts.join(' UNION ALL ');
}

/** New ids differ by their hashes from each other, and by their first part from those of other runs. */
async function refuseDoubles(connection: DuckDBConnection): Promise<void> {
  const [row] = await queryRows(
    connection,
    `SELECT count(*) AS ids FROM users JOIN former_ids USING (one_id)
     WHERE users.former IS DISTINCT FROM former_ids.number`,
  );
  if (row?.ids !== 0n) throw new Error('a one_id was about to be given twice');
}
