/**
 * Texts numbered by their hashes, which JavaScript is told of each cell. Hashes are never trusted:
 * DuckDB groups the texts themselves, and where it finds more of them than there are numbers, some
 * share a hash, and those are told apart by another one, until each text has its own. Where they do not
 * fit into its memory, they are numbered in parts.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { isOutOfMemory, queryRows } from '../../../connectors/duckdb-engine';
import { registerNumbering } from '../../../connectors/duckdb-vectors';
import { quotePath, quoteText } from '../../../connectors/sql-text';
import { numberInParts } from './number-in-parts';
import {
  columnsOf,
  strongHash,
  type HashOf,
  type NumberedTexts,
  type TextRequest,
} from './text-columns';
import { writeTexts } from './texts-file';

/** Texts that are told apart one by one; with more the whole type goes by the strong hash. */
const mostNamed = 2_000;

/** Numbers the texts of a type, and writes them into the file. */
export async function numberByHash(
  connection: DuckDBConnection,
  request: TextRequest,
): Promise<NumberedTexts> {
  try {
    return await numberGrouped(connection, request);
  } catch (error) {
    if (!isOutOfMemory(error)) throw error;
    return numberInParts(connection, request);
  }
}

async function numberGrouped(
  connection: DuckDBConnection,
  request: TextRequest,
): Promise<NumberedTexts> {
  const { type, file, hashOf } = request;
  const collect = (hash: HashOf, comparesWhole = true) =>
    collectTexts(connection, request, hash, comparesWhole);
  // The same hash once more, compared as a whole: what it is must not depend on the order of rows.
  const quick = (await collect(hashOf, false)) ?? (await collect(hashOf));
  if (quick !== null) return quick;
  const named = await textsThatShare(connection, file);
  if (named.length <= mostNamed) {
    const list = named.map(quoteText).join(', ');
    const apart = await collect(
      (text) => `CASE WHEN ${text} IN (${list}) THEN ${strongHash(text)} ELSE ${hashOf(text)} END`,
    );
    if (apart !== null) return apart;
  }
  const strong = await collect(strongHash);
  if (strong !== null) return strong;
  throw new Error(`two IDs of type ${type.idType} have the same MD5`);
}

/** @returns null where two texts share a number */
async function collectTexts(
  connection: DuckDBConnection,
  request: TextRequest,
  hash: HashOf,
  comparesWhole: boolean,
): Promise<NumberedTexts | null> {
  const { type, file, table, first } = request;
  table.begin(first, comparesWhole);
  const columns = columnsOf(request);
  const numberings = columns.map((column) =>
    registerNumbering(connection, (hashes, places, count, found) => {
      const { numbers, place } = column;
      table.number(hashes, count, place, found);
      for (let cell = 0; cell < count; cell += 1) numbers[places[cell]!] = found[cell]!;
      column.cells += count;
    }),
  );
  const cells = columns.map(
    ({ sql }, at) =>
      `SELECT raw, ${numberings[at]!.name}(${hash('raw')}, row_number) AS number FROM ${sql}`,
  );
  // A text has one number, which so need not be aggregated: that takes a sixth less time.
  const texts = `SELECT raw, number FROM (${cells.join(' UNION ALL ')}) GROUP BY raw, number`;
  try {
    const { count, ...written } = await writeTexts(connection, texts, type, file);
    return count === table.count ? { ...written, columns, known: table } : null;
  } finally {
    for (const numbering of numberings) numbering.release();
  }
}

/** Texts that have the number of another text. */
async function textsThatShare(connection: DuckDBConnection, file: string): Promise<string[]> {
  const texts = `read_parquet(${quotePath(file)})`;
  const rows = await queryRows(
    connection,
    `SELECT raw FROM ${texts} WHERE number IN
       (SELECT number FROM ${texts} GROUP BY number HAVING count(*) > 1)
     LIMIT ${mostNamed + 1}`,
  );
  return rows.map((row) => String(row.raw));
}
