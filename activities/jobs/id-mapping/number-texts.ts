/**
 * Numbers the texts of one type while they are collected: a table is read once. Each cell gets the
 * number of its text's hash; each distinct text lies once in a file, with its number. Hashes are
 * never trusted: where the file has more texts than there are numbers, some share a hash, and those
 * are told apart by another one, until each text has its own.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { registerNumbering, type HeldFunction } from '../../../connectors/duckdb-vectors';
import { copyToParquet } from '../../../connectors/parquet-copy';
import { quotePath, quoteText } from '../../../connectors/sql-text';
import { fillerSql, normalSql } from './id-sql';
import type { IdTable } from './id-table';
import { noId, sharedNumbers } from './links';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';

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
  /** How many rows have a text. */
  cells: number;
}

/** What the texts of one type are collected from, and where to. */
export interface TextRequest {
  sources: OpenSource[];
  /** How many each source has. */
  rows: number[];
  type: TypeRules;
  /** Parquet file `(raw, number, value, nobody, filler)` that is written. */
  file: string;
  /** Numbers the texts; its numbers go from where it was begun. */
  table: IdTable;
  first: number;
}

/** What the file that was written holds. */
export interface NumberedTexts {
  columns: NumberedColumn[];
  /** Whether some texts name nobody, or are fillers. */
  someLeftOut: boolean;
  /** Whether the normal form of some texts is another text. */
  someOther: boolean;
}

/**
 * Writes the texts of a type into the file: `value` is their normal form where that is another text,
 * and `nobody` says that they have none. The table has numbered them then.
 * @param hashOf the first hash that is tried
 */
export async function numberTexts(
  connection: DuckDBConnection,
  request: TextRequest,
  hashOf: HashOf,
): Promise<NumberedTexts> {
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
const quickly = ['COMPRESSION uncompressed', 'DICTIONARY_SIZE_LIMIT 1'];

/** @returns null where two texts share a number */
async function collectTexts(
  connection: DuckDBConnection,
  { sources, rows, type, file, table, first }: TextRequest,
  hash: HashOf,
  comparesWhole: boolean,
): Promise<NumberedTexts | null> {
  const { idType, rules } = type;
  table.begin(first, comparesWhole);
  const columns: NumberedColumn[] = [];
  const cells: string[] = [];
  const numberings: HeldFunction[] = [];
  for (const [place, { relation, rowNumber, columns: ofTable }] of sources.entries()) {
    for (const [at, { idType: ofColumn, text }] of ofTable.entries()) {
      if (ofColumn !== idType) continue;
      const numbers = sharedNumbers(rows[place]!).fill(noId);
      const column = { place, at, numbers, cells: 0 };
      columns.push(column);
      const numbering = registerNumbering(connection, (hashes, places, count, found) => {
        table.number(hashes, count, place, found);
        for (let cell = 0; cell < count; cell += 1) numbers[places[cell]!] = found[cell]!;
        column.cells += count;
      });
      numberings.push(numbering);
      cells.push(
        `SELECT raw, ${numbering.name}(${hash('raw')}, row_number) AS number
         FROM (SELECT ${text} AS raw, (${rowNumber})::UINTEGER AS row_number FROM ${relation})
         WHERE raw IS NOT NULL`,
      );
    }
  }
  // A text has one number, which so need not be aggregated: that takes a sixth less time.
  const sql = `SELECT raw, number, nullif(value, raw) AS value, value IS NULL AS nobody,
         coalesce(${fillerSql('value', rules)}, false) AS filler
       FROM (SELECT raw, number, ${normalSql('raw', rules)} AS value
         FROM (${cells.join(' UNION ALL ')}) GROUP BY raw, number)`;
  try {
    const { rows: texts, statistics } = await copyToParquet(connection, sql, file, quickly);
    if (texts !== table.count) return null;
    const some = (column: string): boolean => texts > 0 && statistics[column]!.max !== '0';
    const someOther = statistics.value!.null_count !== String(texts);
    return { columns, someLeftOut: some('nobody') || some('filler'), someOther };
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
