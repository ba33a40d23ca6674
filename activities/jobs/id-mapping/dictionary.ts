/** The distinct IDs of all tables, each with a number, and the rows of the tables as such numbers. */
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { queryRows } from '../../../connectors/duckdb-engine';
import { chunksOf, numbersOf } from '../../../connectors/duckdb-vectors';
import { quotePath } from '../../../connectors/sql-text';
import { JobError } from '../../../model/job-type';
import { IdTable } from './id-table';
import { leftOutCode, noId, type IdRange, type LinkTable } from './links';
import { countRows } from './load-links';
import { numberTexts, quickHash, textState, type HashOf } from './number-texts';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';

/** The IDs of one type. Several texts may be one ID: the others are its variants. */
export interface TypeIds extends IdRange {
  /** Parquet file `(raw, number, value, state, filler)`. */
  file: string;
  /** The hashes of its IDs in the order of their numbers, as pairs of words, the lower one first. */
  hashes: Int32Array;
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
  /** The rows of each table, in the numbers of texts. */
  links: LinkTable[];
}

/**
 * Collects the distinct IDs of all tables, type by type.
 * @param collecting told before the texts of a type are collected
 * @param hashOf the first hash that is tried
 * @throws JobError where there are too many; what DuckDB throws
 */
export async function makeDictionary(
  connection: DuckDBConnection,
  sources: OpenSource[],
  rules: TypeRules[],
  scratchDir: string,
  collecting: (place: number, idType: string) => void,
  hashOf: HashOf = quickHash,
): Promise<Dictionary> {
  const rows: number[] = [];
  for (const source of sources) rows.push(await countRows(connection, source));
  const links: LinkTable[] = sources.map(() => []);
  const types: TypeIds[] = [];
  const parts: Counts[] = [];
  const table = new IdTable();
  let start = 0;
  for (const [place, type] of rules.entries()) {
    collecting(place, type.idType);
    const file = path.join(scratchDir, `ids-${place}.parquet`);
    const request = { sources, rows, type, file, table, first: start };
    for (const { place: ofTable, at, numbers } of await numberTexts(connection, request, hashOf)) {
      links[ofTable]![at] = numbers;
    }
    const { hashes, cells, firstPlaces, count } = table;
    const end = start + count;
    if (end >= noId) throw new JobError('There are more than 4 billion distinct IDs.');
    types.push({ idType: type.idType, start, end, file, hashes });
    parts.push({ cells, firstTable: firstPlaces });
    start = end;
  }
  const counts = joined(parts, start);
  await connection.run(
    `CREATE OR REPLACE TEMP VIEW ids AS ${types.map(idsOf).join(' UNION ALL ')}`,
  );
  return {
    types,
    idCount: start,
    ...counts,
    ...(await readStates(connection, types, counts)),
    links,
  };
}

type Counts = Pick<Dictionary, 'cells' | 'firstTable'>;

function joined(parts: Counts[], idCount: number): Counts {
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
function idsOf({ file }: TypeIds, place: number): string {
  return `SELECT number, ${place}::USMALLINT AS type,
      CASE state WHEN ${textState.other} THEN value ELSE raw END AS value
    FROM ${fileSql(file)}`;
}

function fileSql(file: string): string {
  return `read_parquet(${quotePath(file)})`;
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
  for (const { file } of types) {
    const states = `SELECT number,
        CASE WHEN state = ${textState.nobody} THEN ${leftOutCode.nobody} ELSE ${leftOutCode.filler} END::UINTEGER
      FROM ${fileSql(file)} WHERE state = ${textState.nobody} OR filler`;
    for await (const chunk of chunksOf(connection, states)) {
      const numbers = numbersOf(chunk, 0);
      const codes = numbersOf(chunk, 1);
      for (let at = 0; at < chunk.rowCount; at += 1) {
        leftOut[numbers[at]!] = codes[at]!;
        if (codes[at] !== leftOutCode.nobody) continue;
        standsFor ??= itself(idCount);
        standsFor[numbers[at]!] = noId;
      }
    }
    if (!(await hasVariants(connection, file))) continue;
    for await (const chunk of chunksOf(connection, variantsSql(file))) {
      standsFor ??= itself(idCount);
      const numbers = numbersOf(chunk, 0);
      const first = numbersOf(chunk, 1);
      for (let at = 0; at < chunk.rowCount; at += 1) {
        const variant = numbers[at]!;
        const whole = first[at]!;
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
    `SELECT count(*) AS texts FROM ${fileSql(file)} WHERE state = ${textState.other}`,
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
  return `WITH texts AS (SELECT number, raw, state,
        CASE state WHEN ${textState.other} THEN value ELSE raw END AS value
      FROM ${fileSql(file)} WHERE state <> ${textState.nobody}),
    together AS (SELECT number, first_value(number) OVER (PARTITION BY value ORDER BY raw) AS first
      FROM texts
      WHERE value IN (SELECT value FROM texts WHERE state = ${textState.other}))
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
