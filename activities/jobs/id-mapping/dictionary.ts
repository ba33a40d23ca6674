/**
 * Numbers for IDs. Every distinct text of a type lies once in a file of its own, whose row numbers
 * are the IDs' numbers; a hash finds the number of a text again. Hashes are never trusted: where two
 * texts of the file share one, those are told apart by another hash, until each has its own.
 */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { chunksOf, numbersOf, wordsOf } from '../../../connectors/duckdb-vectors';
import { quotePath, quoteText } from '../../../connectors/sql-text';
import { JobError } from '../../../model/job-type';
import { fillerSql, normalSql } from './id-sql';
import { IdTable } from './id-table';
import { leftOutCode, noId, type IdRange } from './links';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';

/** The IDs of one type. Several texts may be one ID: the others are its variants. */
export interface TypeIds extends IdRange {
  /** Parquet file `(raw, cells, first_table, value, state, filler)`. */
  file: string;
  /** SQL of the 64-bit hash of a text; no two texts of the file share one. */
  hash: (text: string) => string;
  /** The hashes of its IDs in the order of their numbers, as pairs of words, the lower one first. */
  hashes: Int32Array;
}

/** The same with what finds the IDs by their hashes; it is large, so nobody keeps it. */
export interface FindableIds extends TypeIds {
  table: IdTable;
}

export interface Dictionary {
  types: TypeIds[];
  idCount: number;
  /** Cells that hold each ID, in all tables. */
  cells: Uint32Array;
  /** Place of the first table that holds each ID. */
  firstTable: Uint16Array;
  /** Why IDs are left out: a byte each, as in `leftOutCode`. */
  leftOut: Uint8Array;
  /** The number that stands for a text, `noId` for nobody; null: each stands for itself. */
  standsFor: Uint32Array | null;
}

/** What the normal form of a text is: the text itself, another one, or nothing. */
const asItIs = 0;
const otherText = 1;
const nobody = 2;

/** What a hash is made of; weaker and quicker ones first. For tests. */
export type HashOf = (text: string) => string;
const quickHash: HashOf = (text) => `hash(${text})`;
const strongHash: HashOf = (text) => `md5_number_lower(${text})`;
/** Texts that are told apart one by one; with more the whole type goes by the strong hash. */
const mostNamed = 2_000;

/** Two engines, as one that collects texts keeps readers waiting. */
export interface Engines {
  main: DuckDBConnection;
  /** Reads files while `main` is busy. */
  reader: DuckDBConnection;
}

/** What is told while a dictionary is made. */
export interface DictionaryListener {
  /** The texts of a type are about to be collected. */
  collecting(place: number, idType: string): void;
  /** Its IDs have their numbers; works on while the next type is collected. */
  numbered(type: FindableIds): Promise<void>;
}

/**
 * Collects the distinct IDs of all tables, type by type; while one is collected the one before is
 * numbered.
 * @param hashOf the first hash that is tried
 * @throws JobError where there are too many; what `numbered` throws
 */
export async function makeDictionary(
  { main, reader }: Engines,
  sources: OpenSource[],
  rules: TypeRules[],
  scratchDir: string,
  listener: DictionaryListener,
  hashOf: HashOf = quickHash,
): Promise<Dictionary> {
  const types: TypeIds[] = [];
  const parts: Counts[] = [];
  let numbering = Promise.resolve();
  for (const [place, type] of rules.entries()) {
    listener.collecting(place, type.idType);
    const file = path.join(scratchDir, `ids-${place}.parquet`);
    const [count] = await both(writeTexts(main, sources, type, file), numbering);
    const start = types.at(-1)?.end ?? parts.reduce((sum, { cells }) => sum + cells.length, 0);
    const end = start + count;
    if (end >= noId) throw new JobError('There are more than 4 billion distinct IDs.');
    numbering = number({ idType: type.idType, start, end, file });
  }
  await numbering;
  const counts = joined(parts);
  const idCount = counts.cells.length;
  await main.run(`CREATE OR REPLACE TEMP VIEW ids AS ${types.map(idsOf).join(' UNION ALL ')}`);
  return { types, idCount, ...counts, ...(await readStates(main, types, counts)) };

  async function number(range: TextFile): Promise<void> {
    const { counts, table, ...numbered } = await numberTexts(reader, range, hashOf);
    const type = { ...range, ...numbered };
    parts.push(counts);
    types.push(type);
    await listener.numbered({ ...type, table });
  }
}

/** Waits for both to end, so that nothing goes on when one of them has failed. */
async function both<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

function joined(parts: Counts[]): Counts {
  const idCount = parts.reduce((sum, { cells }) => sum + cells.length, 0);
  const counts = { cells: new Uint32Array(idCount), firstTable: new Uint16Array(idCount) };
  let start = 0;
  for (const { cells, firstTable } of parts) {
    counts.cells.set(cells, start);
    counts.firstTable.set(firstTable, start);
    start += cells.length;
  }
  return counts;
}

/** `(number, type, value)` of a file. */
function idsOf({ file, start }: TypeIds, place: number): string {
  return `SELECT (${start} + file_row_number)::UINTEGER AS number, ${place}::USMALLINT AS type,
      CASE state WHEN ${otherText} THEN value ELSE raw END AS value
    FROM ${fileSql(file)}`;
}

function fileSql(file: string): string {
  return `read_parquet(${quotePath(file)}, file_row_number=true)`;
}

/**
 * For a file of ours that is read a few times and then removed: of texts that are all different a
 * dictionary is tried in vain, and compressing takes longer than what it saves.
 */
const quickly = 'COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1';

/** @returns number of texts */
async function writeTexts(
  connection: DuckDBConnection,
  sources: OpenSource[],
  { idType, rules }: TypeRules,
  file: string,
): Promise<number> {
  const cells = sources.flatMap(({ relation, columns }, place) =>
    columns
      .filter((column) => column.idType === idType)
      .map(({ text }) => `SELECT ${text} AS raw, ${place}::USMALLINT AS place FROM ${relation}`),
  );
  const normal = normalSql('raw', rules);
  const copied = await connection.run(
    `COPY (
       SELECT raw, cells, first_table, CASE WHEN value <> raw THEN value END AS value,
         CASE WHEN value IS NULL THEN ${nobody} WHEN value <> raw THEN ${otherText}
           ELSE ${asItIs} END::UTINYINT AS state,
         coalesce(${fillerSql('value', rules)}, false) AS filler
       FROM (SELECT raw, cells, first_table, ${normal} AS value
         FROM (SELECT raw, count(*)::UINTEGER AS cells, min(place)::UINTEGER AS first_table
           FROM (${cells.join(' UNION ALL ')}) WHERE raw IS NOT NULL GROUP BY raw))
     ) TO ${quoteText(file)} (FORMAT parquet, ${quickly})`,
  );
  return Number((await copied.getRowsJS())[0]?.[0]);
}

type TextFile = IdRange & { file: string };
type Counts = Pick<Dictionary, 'cells' | 'firstTable'>;

type Numbered = Pick<FindableIds, 'hash' | 'hashes' | 'table'> & { counts: Counts };

async function numberTexts(
  reader: DuckDBConnection,
  range: TextFile,
  hashOf: HashOf,
): Promise<Numbered> {
  const quick = await hashTexts(reader, range, hashOf);
  if (quick !== null) return quick;
  const named = await textsThatShare(reader, range.file, hashOf);
  if (named.length <= mostNamed) {
    const list = named.map(quoteText).join(', ');
    const apart = await hashTexts(
      reader,
      range,
      (text) => `CASE WHEN ${text} IN (${list}) THEN ${strongHash(text)} ELSE ${hashOf(text)} END`,
    );
    if (apart !== null) return apart;
  }
  const strong = await hashTexts(reader, range, strongHash);
  if (strong !== null) return strong;
  throw new Error(`two IDs of type ${range.idType} have the same MD5`);
}

/** @returns null where two texts share a hash, or one has that which stands for no ID */
async function hashTexts(
  reader: DuckDBConnection,
  { file, start, end }: TextFile,
  hash: HashOf,
): Promise<Numbered | null> {
  const count = end - start;
  const table = new IdTable(count);
  const hashes = new Int32Array(2 * count);
  const cells = new Uint32Array(count);
  const firstTable = new Uint16Array(count);
  let read = 0;
  let refused = 0;
  const sql = `SELECT ${hash('raw')}, file_row_number::UINTEGER, cells, first_table
    FROM ${fileSql(file)}`;
  for await (const chunk of chunksOf(reader, sql)) {
    const { rowCount } = chunk;
    if (numbersOf(chunk, 1)[0] !== read) throw new Error('rows of IDs came out of order');
    const words = wordsOf(chunk, 0);
    refused += table.add(words, rowCount, start + read).length;
    hashes.set(words.subarray(0, 2 * rowCount), 2 * read);
    cells.set(numbersOf(chunk, 2).subarray(0, rowCount), read);
    firstTable.set(numbersOf(chunk, 3).subarray(0, rowCount), read);
    read += rowCount;
  }
  if (read !== count) throw new Error(`${read} IDs were numbered, not ${count}`);
  return refused === 0 ? { hash, hashes, table, counts: { cells, firstTable } } : null;
}

/** Texts whose hash is zero, which stands for no ID, or that of another text. */
async function textsThatShare(
  connection: DuckDBConnection,
  file: string,
  hash: HashOf,
): Promise<string[]> {
  const rows = await queryRows(
    connection,
    `WITH hashed AS (SELECT raw, ${hash('raw')} AS hash FROM ${fileSql(file)})
     SELECT raw FROM hashed WHERE hash = 0 OR hash IN
       (SELECT hash FROM hashed GROUP BY hash HAVING count(*) > 1)
     LIMIT ${mostNamed + 1}`,
  );
  return rows.map((row) => String(row.raw));
}

/** What is left out by its text alone, and which texts are one ID: that has the cells of all. */
async function readStates(
  connection: DuckDBConnection,
  types: TypeIds[],
  { cells, firstTable }: Counts,
): Promise<Pick<Dictionary, 'leftOut' | 'standsFor'>> {
  const idCount = cells.length;
  const leftOut = new Uint8Array(idCount);
  let standsFor: Uint32Array | null = null;
  for (const { file, start } of types) {
    const states = `SELECT file_row_number::UINTEGER,
        CASE WHEN state = ${nobody} THEN ${leftOutCode.nobody} ELSE ${leftOutCode.filler} END::UINTEGER
      FROM ${fileSql(file)} WHERE state = ${nobody} OR filler`;
    for await (const chunk of chunksOf(connection, states)) {
      const numbers = numbersOf(chunk, 0);
      const codes = numbersOf(chunk, 1);
      for (let at = 0; at < chunk.rowCount; at += 1) {
        leftOut[start + numbers[at]!] = codes[at]!;
        if (codes[at] !== leftOutCode.nobody) continue;
        standsFor ??= itself(idCount);
        standsFor[start + numbers[at]!] = noId;
      }
    }
    if (!(await hasVariants(connection, file))) continue;
    for await (const chunk of chunksOf(connection, variantsSql(file))) {
      standsFor ??= itself(idCount);
      const numbers = numbersOf(chunk, 0);
      const first = numbersOf(chunk, 1);
      for (let at = 0; at < chunk.rowCount; at += 1) {
        const variant = start + numbers[at]!;
        const whole = start + first[at]!;
        standsFor[variant] = whole;
        leftOut[variant] = leftOutCode.variant;
        cells[whole]! += cells[variant]!;
        firstTable[whole] = Math.min(firstTable[whole]!, firstTable[variant]!);
      }
    }
  }
  return { leftOut, standsFor };
}

async function hasVariants(connection: DuckDBConnection, file: string): Promise<boolean> {
  const [row] = await queryRows(
    connection,
    `SELECT count(*) AS texts FROM ${fileSql(file)} WHERE state = ${otherText}`,
  );
  return Number(row?.texts) > 0;
}

function itself(count: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let number = 0; number < count; number += 1) numbers[number] = number;
  return numbers;
}

/** Texts with the ID that stands for them: that of the smallest of all texts which are one ID. */
function variantsSql(file: string): string {
  return `WITH texts AS (SELECT file_row_number::UINTEGER AS number, raw, state,
        CASE state WHEN ${otherText} THEN value ELSE raw END AS value
      FROM ${fileSql(file)} WHERE state <> ${nobody}),
    together AS (SELECT number, first_value(number) OVER (PARTITION BY value ORDER BY raw) AS first
      FROM texts
      WHERE value IN (SELECT value FROM texts WHERE state = ${otherText}))
    SELECT number, first FROM together WHERE number <> first`;
}

/** The texts of some IDs, by their numbers. */
export async function textsOf(
  connection: DuckDBConnection,
  types: IdRange[],
  numbers: number[],
): Promise<Map<number, { idType: string; value: string }>> {
  if (numbers.length === 0) return new Map();
  const rows = await queryRows(
    connection,
    `SELECT number, type, value FROM ids WHERE number IN (${numbers.join(', ')})`,
  );
  return new Map(
    rows.map(({ number, type, value }) => [
      Number(number),
      { idType: types[Number(type)]!.idType, value: String(value) },
    ]),
  );
}
