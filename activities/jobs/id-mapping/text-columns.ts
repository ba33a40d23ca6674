/** The columns of one ID type, and what comes of numbering their cells. */
import type { AddonTexts, KnownTexts } from '../../../native/texts';
import type { IdTable } from './id-table';
import { noId, sharedNumbers } from './links';
import type { OpenSource } from './open-sources';
import type { TypeRules } from './scratch';
import type { WrittenTexts } from './texts-file';

/** What a hash is made of; weaker ones are for tests. */
export type HashOf = (text: string) => string;
export const quickHash: HashOf = (text) => `hash(${text})`;
export const strongHash: HashOf = (text) => `md5_number_lower(${text})`;

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
