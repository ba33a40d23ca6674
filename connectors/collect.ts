/** What a source tells of itself for the catalogue: what there is, and what its values are like. */
import type { CollectedTable, TableKind, UnreadTable } from '../model/catalogue/collected';
import { mostTopValues, type ColumnProfile } from '../model/catalogue/profile';
import type { ColumnInfo, TableRef } from './connector';

/** Rows of a table that a sample has at most. */
export const sampledRows = 5_000;
/** Characters of a value in a sample. */
export const sampledCharacters = 200;
/** Tables that come at once, and columns of them where the source tells beforehand how many there are. */
export const tablesAtOnce = 250;
export const columnsAtOnce = 10_000;

export interface CollectRequest {
  /** The only databases (schemas) that are wanted; null: all. */
  databases: string[] | null;
  takes(schema: string, table: string): boolean;
  signal: AbortSignal;
}

/** Some of the tables of a source; those that it cannot tell about stand by themselves. */
export interface CollectedSlice {
  tables: CollectedTable[];
  unread: UnreadTable[];
}

export interface ValuesRequest {
  ref: TableRef;
  kind: TableKind;
  columns: ColumnInfo[];
  /** As many rows as the table has, as far as that is known. */
  rows: number | null;
  /** A folder of the run's own. */
  scratchDir: string;
  signal: AbortSignal;
}

export interface ExactProfile {
  rows: number;
  /** In the order of the columns. */
  columns: ColumnProfile[];
}

/** What the source itself keeps about the values of a column. */
export interface ColumnStatistics {
  profile: ColumnProfile;
  /** Some values, to tell of which class the column is; never kept. */
  values: string[];
}

/** Methods throw ConnectorError or TablegateError, or the reason of the signal. */
export interface CatalogueSource {
  /** By few queries of the source's own catalogue, however many tables there are. */
  tables(request: CollectRequest): AsyncIterable<CollectedSlice>;
  /** Some rows, every value as text; from all over the table where the source can do that. */
  sample(request: ValuesRequest): Promise<(string | null)[][]>;
  /** By all rows, which are read where they are. */
  exactProfile(request: ValuesRequest): Promise<ExactProfile>;
  /**
   * What the source keeps of columns anyway, by names as `schema.table`; tables of which it keeps
   * nothing are left out. Null: it keeps nothing.
   */
  statistics(
    refs: TableRef[],
    signal: AbortSignal,
  ): Promise<Map<string, Map<string, ColumnStatistics>>> | null;
}

/** Whether the most frequent values of a column say anything: of keys each comes once. */
export function isTelling(present: number, distinct: number): boolean {
  return present > 0 && (distinct <= mostTopValues || distinct <= present / 2);
}

/** Tables in slices. */
export function* slicesOf(
  tables: readonly CollectedTable[],
  unread: readonly UnreadTable[] = [],
): Iterable<CollectedSlice> {
  if (unread.length > 0) yield { tables: [], unread: [...unread] };
  for (let start = 0; start < tables.length; start += tablesAtOnce) {
    yield { tables: tables.slice(start, start + tablesAtOnce), unread: [] };
  }
}
