/** The distinct IDs of all tables, each with a number, and the rows of the tables as such numbers. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { chunksOf, numbersOf } from '../../../connectors/duckdb-vectors';
import { quotePath, quoteText } from '../../../connectors/sql-text';
import { JobError } from '../../../model/job-type';
import { AddonTexts } from '../../../native/texts';
import { IdTable } from './id-table';
import {
  leftOutCode,
  noId,
  sharedBytes,
  sharedNumbers,
  sharedPlaces,
  sharedWords,
  type IdRange,
  type LinkTable,
} from './links';
import { numberTexts } from './number-texts';
import { textsMemoryMiB, type TypeRules } from './scratch';
import {
  quickHash,
  type HashOf,
  type NumberedColumn,
  type NumberedTexts,
  type TextRequest,
} from './text-columns';

/** The IDs of one type. Several texts may be one ID: the others are its variants. */
export interface TypeIds extends IdRange {
  /** Parquet file `(raw, number, value, nobody, filler)`. */
  file: string;
}

/** Its arrays may be shared by threads. */
export interface Dictionary {
  types: TypeIds[];
  idCount: number;
  /** Cells that hold each ID, in all tables. */
  cells: Uint32Array;
  /** Place of the first table that holds each ID. */
  firstTable: Uint16Array;
  /** Why IDs are left out: a byte each, as in `leftOutCode`. */
  leftOut: Uint8Array;
  /** Of the IDs of each type, as in `CollectedType`. */
  hashes: Int32Array[];
  /** The rows of each table, in the numbers of their IDs. */
  links: LinkTable[];
}

/** All that is known of the IDs of one type as soon as they are collected. */
export interface CollectedType extends Counts {
  columns: NumberedColumn[];
  /** Of its IDs in the order of their numbers, as pairs of words, the lower one first. */
  hashes: Int32Array;
}

/** What is told while IDs are collected. */
export interface DictionaryListener {
  /** Before the texts of a type are collected. @param done how many types are */
  collecting(done: number, idType: string): void;
  /** Once they are. @param place of the type */
  collected(place: number, type: CollectedType): void;
}

/**
 * Collects the distinct IDs of all tables, type by type. Leaves the view `ids (number, type, value,
 * id_type)`, with the place of the type and its name.
 * @param rows how many each source has
 * @param hashOf the first hash that is tried
 * @throws JobError where there are too many; what DuckDB throws
 */
export async function makeDictionary(
  connection: DuckDBConnection,
  { sources, rows }: Pick<TextRequest, 'sources' | 'rows'>,
  rules: TypeRules[],
  scratchDir: string,
  listener: DictionaryListener,
  hashOf: HashOf = quickHash,
): Promise<Dictionary> {
  const links: LinkTable[] = sources.map(() => []);
  const types: TypeIds[] = [];
  const hashes: Int32Array[] = [];
  const most = mostIdsOf({ sources, rows });
  // Memory is only taken for what is written.
  const counts: Counts = {
    cells: sharedNumbers(most),
    firstTable: sharedPlaces(most),
    leftOut: sharedBytes(most),
  };
  const numberers = { addon: AddonTexts.open(textsMemoryMiB()), table: new IdTable() };
  let start = 0;
  for (const [at, place] of mostCellsFirst({ sources, rows }, rules).entries()) {
    const type = rules[place]!;
    const { idType } = type;
    listener.collecting(at, idType);
    const file = path.join(scratchDir, `ids-${place}.parquet`);
    const request = { sources, rows, type, file, first: start, hashOf, ...numberers };
    const texts = await numberTexts(connection, request);
    const { known } = texts;
    const end = start + known.count;
    if (end >= noId) throw new JobError('There are more than 4 billion distinct IDs.');
    types[place] = { idType, start, end, file };
    hashes[place] = sharedWords(2 * known.count);
    hashes[place].set(known.hashes);
    // Refuses more than there is room for, on which the addon relies.
    counts.cells.set(known.cells, start);
    counts.firstTable.set(known.firstPlaces, start);
    const part = partOf(counts, start, end);
    const standsFor = await readTexts(connection, { file, start }, texts, part);
    for (const { place: ofTable, at: column, numbers } of texts.columns) {
      if (standsFor !== null) replaceTexts(numbers, standsFor, start);
      links[ofTable]![column] = numbers;
    }
    listener.collected(place, { ...part, columns: texts.columns, hashes: hashes[place] });
    start = end;
  }
  numberers.addon?.end();
  const names = types.map(({ idType }) => quoteText(idType)).join(', ');
  const ofTypes = types.map(
    // A constant of each part: to make an ENUM of every row takes its time.
    (type, place) =>
      `SELECT *, ${quoteText(type.idType)}::ENUM(${names}) AS id_type FROM (${idsOf(type, place)})`,
  );
  await connection.run(`CREATE OR REPLACE TEMP VIEW ids AS ${ofTypes.join(' UNION ALL ')}`);
  return { types, idCount: start, ...partOf(counts, 0, start), hashes, links };
}

/** How many IDs there may be at most. */
export function mostIdsOf({ sources, rows }: Pick<TextRequest, 'sources' | 'rows'>): number {
  return sources.reduce((sum, { columns }, place) => sum + rows[place]! * columns.length, 0);
}

/** Places of the types: what is collected last is linked while nothing else can be done. */
function mostCellsFirst(
  { sources, rows }: Pick<TextRequest, 'sources' | 'rows'>,
  rules: TypeRules[],
): number[] {
  const cells = rules.map(({ idType }) =>
    sources.reduce((sum, { columns }, source) => {
      const ofType = columns.filter((column) => column.idType === idType);
      return sum + ofType.length * rows[source]!;
    }, 0),
  );
  return [...cells.keys()].toSorted((one, other) => cells[other]! - cells[one]! || one - other);
}

type Counts = Pick<Dictionary, 'cells' | 'firstTable' | 'leftOut'>;

function partOf({ cells, firstTable, leftOut }: Counts, start: number, end: number): Counts {
  return {
    cells: cells.subarray(start, end),
    firstTable: firstTable.subarray(start, end),
    leftOut: leftOut.subarray(start, end),
  };
}

/** `(number, type, value)` of a file. */
function idsOf({ file }: TypeIds, place: number): string {
  return `SELECT number, ${place}::USMALLINT AS type, coalesce(value, raw) AS value
    FROM ${fileSql(file)}`;
}

function fileSql(file: string): string {
  return `read_parquet(${quotePath(file)})`;
}

/**
 * What is left out by its text alone, and which texts are one ID: that has the cells of all.
 * @param part written; its places go from the start of the type
 * @returns by place the number that stands for a text, `noId` for nobody; null: each stands for itself
 */
async function readTexts(
  connection: DuckDBConnection,
  { file, start }: Pick<TypeIds, 'file' | 'start'>,
  { someLeftOut, someOther }: NumberedTexts,
  { cells, firstTable, leftOut }: Counts,
): Promise<Uint32Array | null> {
  let standsFor: Uint32Array | null = null;
  if (someLeftOut) {
    const codes = `SELECT number,
        CASE WHEN nobody THEN ${leftOutCode.nobody} ELSE ${leftOutCode.filler} END::UINTEGER
      FROM ${fileSql(file)} WHERE nobody OR filler`;
    await forEachPair(connection, codes, (number, code) => {
      const place = number - start;
      leftOut[place] = code;
      if (code !== leftOutCode.nobody) return;
      standsFor ??= itself(leftOut.length, start);
      standsFor[place] = noId;
    });
  }
  if (!someOther) return standsFor;
  await forEachPair(connection, variantsSql(file), (number, first) => {
    standsFor ??= itself(leftOut.length, start);
    const variant = number - start;
    const whole = first - start;
    standsFor[variant] = first;
    leftOut[variant] = leftOutCode.variant;
    cells[whole]! += cells[variant]!;
    firstTable[whole] = Math.min(firstTable[whole]!, firstTable[variant]!);
  });
  return standsFor;
}

/** Calls back for every row of a query that finds two numbers. */
async function forEachPair(
  connection: DuckDBConnection,
  sql: string,
  visit: (one: number, other: number) => void,
): Promise<void> {
  for await (const chunk of chunksOf(connection, sql)) {
    const ones = numbersOf(chunk, 0);
    const others = numbersOf(chunk, 1);
    for (let row = 0; row < chunk.rowCount; row += 1) visit(ones[row]!, others[row]!);
  }
}

function itself(count: number, start: number): Uint32Array {
  const numbers = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) numbers[place] = start + place;
  return numbers;
}

/** Puts the IDs that texts are in the place of those texts. */
function replaceTexts(numbers: Uint32Array, standsFor: Uint32Array, start: number): void {
  for (let row = 0; row < numbers.length; row += 1) {
    const number = numbers[row]!;
    if (number !== noId) numbers[row] = standsFor[number - start]!;
  }
}

/** Texts with the ID that stands for them: that of the smallest of all texts which are one ID. */
function variantsSql(file: string): string {
  return `WITH texts AS (SELECT number, raw, value AS other, coalesce(value, raw) AS value
      FROM ${fileSql(file)} WHERE NOT nobody),
    together AS (SELECT number, first_value(number) OVER (PARTITION BY value ORDER BY raw) AS first
      FROM texts
      WHERE value IN (SELECT other FROM texts WHERE other IS NOT NULL))
    SELECT number, first FROM together WHERE number <> first`;
}

/** The texts of some IDs, by their numbers. */
export async function textsOf(
  connection: DuckDBConnection,
  types: TypeIds[],
  numbers: number[],
): Promise<Map<number, { idType: string; value: string }>> {
  const texts = new Map<number, { idType: string; value: string }>();
  for (const [place, type] of types.entries()) {
    const { idType, start, end } = type;
    const ofType = new Set(numbers.filter((number) => number >= start && number < end));
    if (ofType.size === 0) continue;
    const rows = await queryRows(
      connection,
      `SELECT number, value FROM (${idsOf(type, place)}) WHERE number IN (${[...ofType].join(', ')})`,
    );
    for (const { number, value } of rows) {
      texts.set(Number(number), { idType, value: String(value) });
    }
  }
  return texts;
}
