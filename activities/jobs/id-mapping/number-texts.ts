/**
 * Numbers the texts of one type while they are collected: a table is read once. Each cell gets the
 * number of its text; each distinct text lies once in a file, with its number.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AddonTexts, KnownTexts } from '../../../native/addon';
import { numberByAddon } from './number-by-addon';
import { numberByHash } from './number-by-hash';
import type { IdTable } from './id-table';
import { noId, sharedNumbers } from './links';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';
import type { WrittenTexts } from './texts-file';

/** What a hash is made of; weaker ones are for tests. */
export type HashOf = (text: string) => string;
export const quickHash: HashOf = (text) => `hash(${text})`;

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
  /** Parquet file that is written, as `writeTexts` says. */
  file: string;
  /** The number of the first text. */
  first: number;
  /** The first hash that is tried. */
  hashOf: HashOf;
  /** What numbers them; null: there is no addon. */
  addon: AddonTexts | null;
  table: IdTable;
}

export interface NumberedTexts extends Omit<WrittenTexts, 'count'> {
  columns: NumberedColumn[];
  /** Valid until the next ones are numbered. */
  known: KnownTexts;
}

/** Writes the texts of a type into the file, and numbers its cells. */
export async function numberTexts(
  connection: DuckDBConnection,
  request: TextRequest,
): Promise<NumberedTexts> {
  const { addon } = request;
  // Where two texts have one hash, it takes the quick one to tell that, and a slow one to go on.
  const byAddon = addon === null ? null : await numberByAddon(connection, request, addon);
  return byAddon ?? numberByHash(connection, request);
}

/** A column that is to be numbered, as SQL reads it. */
export interface TextColumn extends NumberedColumn {
  /** `(raw, row_number)` without NULLs. */
  sql: string;
}

/** All columns of a type, not numbered yet. */
export function columnsOf({ sources, rows, type }: TextRequest): TextColumn[] {
  return sources.flatMap(({ relation, rowNumber, columns }, place) =>
    columns.flatMap(({ idType, text }, at) => {
      if (idType !== type.idType) return [];
      const sql = `(SELECT raw, row_number
         FROM (SELECT ${text} AS raw, (${rowNumber})::UINTEGER AS row_number FROM ${relation})
         WHERE raw IS NOT NULL)`;
      return [{ place, at, numbers: sharedNumbers(rows[place]!).fill(noId), cells: 0, sql }];
    }),
  );
}
