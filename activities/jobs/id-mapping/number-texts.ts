/**
 * Numbers the texts of one type while they are collected: a table is read once. Each cell gets the
 * number of its text's hash; each distinct text lies once in a file, with its number. Hashes are
 * never trusted: where the file has more texts than there are numbers, some share a hash, and those
 * are told apart by another one, until each text has its own.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { registerNumbering, type HeldFunction } from '../../../connectors/duckdb-vectors';
import { quotePath, quoteText } from '../../../connectors/sql-text';
import { fillerSql, normalSql } from './id-sql';
import type { IdTable } from './id-table';
import { noId, sharedNumbers } from './links';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';

/** What the normal form of a text is: the text itself, another one, or nothing. */
export const textState = { asItIs: 0, other: 1, nobody: 2 } as const;

/** What a hash is made of; weaker and quicker ones first. For tests. */
export type HashOf = (text: string) => string;
export const quickHash: HashOf = (text) => `hash(${text})`;
const strongHash: HashOf = (text) => `md5_number_lower(${text})`;
/** Texts that are told apart one by one; with more the whole type goes by the strong hash. */
const mostNamed = 2_000;

/** A column of the tables, and where its numbers belong. */
export interface NumberedColumn {
  /** Place of its table. */
  place: number;
  /** Place of the column among the ID columns of its table. */
  at: number;
  /** By row; `noId` for none. */
  numbers: Uint32Array;
}

/** What the texts of one type are collected from, and where to. */
export interface TextRequest {
  sources: OpenSource[];
  /** How many each source has. */
  rows: number[];
  type: TypeRules;
  /** Parquet file `(raw, number, value, state, filler)` that is written. */
  file: string;
  /** Numbers the texts; its numbers go from where it was begun. */
  table: IdTable;
  first: number;
}

/**
 * Writes the texts of a type into the file. The table has numbered them then.
 * @param hashOf the first hash that is tried
 */
export async function numberTexts(
  connection: DuckDBConnection,
  request: TextRequest,
  hashOf: HashOf,
): Promise<NumberedColumn[]> {
  const { type, file } = request;
  const collect = (hash: HashOf, comparesWhole = true) =>
    collectTexts(connection, request, hash, comparesWhole);
  // The same hash once more, compared as a whole: what it is must not depend on the order of rows.
  const quick = (await collect(hashOf, false)) ?? (await collect(hashOf));
  if (quick !== null) return quick;
  const named = await textsThatShare(connection, file);
  // SQL ends at a NUL: a text that has one cannot be named.
  if (named.length <= mostNamed && !named.some((text) => text.includes('\0'))) {
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

/**
 * For a file of ours that is read a few times and then removed: of texts that are all different a
 * dictionary is tried in vain, and compressing takes longer than what it saves.
 */
const quickly = 'COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1';

/** @returns null where two texts share a number */
async function collectTexts(
  connection: DuckDBConnection,
  { sources, rows, type, file, table, first }: TextRequest,
  hash: HashOf,
  comparesWhole: boolean,
): Promise<NumberedColumn[] | null> {
  const { idType, rules } = type;
  table.begin(first, comparesWhole);
  const columns: NumberedColumn[] = [];
  const cells: string[] = [];
  const numberings: HeldFunction[] = [];
  for (const [place, { relation, rowNumber, columns: ofTable }] of sources.entries()) {
    for (const [at, { idType: ofColumn, text }] of ofTable.entries()) {
      if (ofColumn !== idType) continue;
      const numbers = sharedNumbers(rows[place]!).fill(noId);
      columns.push({ place, at, numbers });
      const numbering = registerNumbering(connection, (hashes, places, count, found) => {
        table.number(hashes, count, place, found);
        for (let cell = 0; cell < count; cell += 1) numbers[places[cell]!] = found[cell]!;
      });
      numberings.push(numbering);
      cells.push(
        `SELECT raw, ${numbering.name}(${hash('raw')}, row_number) AS number
         FROM (SELECT ${text} AS raw, (${rowNumber})::UINTEGER AS row_number FROM ${relation})
         WHERE raw IS NOT NULL`,
      );
    }
  }
  const { asItIs, other, nobody } = textState;
  // A text has one number, which so need not be aggregated: that takes a sixth less time.
  const sql = `COPY (
       SELECT raw, number, CASE WHEN value <> raw THEN value END AS value,
         CASE WHEN value IS NULL THEN ${nobody} WHEN value <> raw THEN ${other}
           ELSE ${asItIs} END::UTINYINT AS state,
         coalesce(${fillerSql('value', rules)}, false) AS filler
       FROM (SELECT raw, number, ${normalSql('raw', rules)} AS value
         FROM (${cells.join(' UNION ALL ')}) GROUP BY raw, number)
     ) TO ${quoteText(file)} (FORMAT parquet, ${quickly})`;
  try {
    const copied = await connection.run(sql);
    const texts = Number((await copied.getRowsJS())[0]?.[0]);
    return texts === table.count ? columns : null;
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
