/**
 * The tables of the scratch database and what they are called. One `source_<n>` a table of the
 * task, with a column `id_<n>` for each of its ID columns; `ids`, whose row numbers are the numbers
 * that IDs have while they are linked; `components` and `users`, the outcome.
 */
import os from 'node:os';
import path from 'node:path';
import type { EngineLimits } from '../../../connectors/duckdb-engine';
import type { SourceTable } from './messages';

/** A table of the task after it was read. */
export interface ReadTable {
  name: string;
  /** Its place among the task's tables. */
  place: number;
  rows: number;
  /** ID type of each column `id_<n>`. */
  idTypes: string[];
}

/** The IDs of one type: a run of numbers in `ids`. */
export interface IdRange {
  idType: string;
  start: number;
  end: number;
}

/** With node and the typed arrays this stays below 1 GiB for a million links; DuckDB spills. */
const scratchMemoryMiB = 384;
/** More threads would each want memory of their own. */
const mostThreads = 4;

export function sourceTableName(place: number): string {
  return `source_${place}`;
}

export function idColumnName(column: number): string {
  return `id_${column}`;
}

/** Names of all ID types of the tables, sorted: a type's place here is its number in `ids`. */
export function idTypesOf(tables: SourceTable[]): string[] {
  const names = tables.flatMap((table) => table.idColumns.map((column) => column.idType));
  return [...new Set(names)].toSorted();
}

export function scratchLimits(scratchDir: string): EngineLimits {
  const threads = Math.min(os.availableParallelism(), mostThreads);
  return { threads, memoryMiB: scratchMemoryMiB, spillDir: path.join(scratchDir, 'spill') };
}
