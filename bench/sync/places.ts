/** The pairs of places that rows are moved between, and where they come to lie. */
import path from 'node:path';

export const syncPairs = ['pg-pg', 'csv-pg', 'pg-duckdb'] as const;
export type SyncPair = (typeof syncPairs)[number];

/** A program with what it is given. */
export type Command = [string, ...string[]];

export const duckdbFile = (dir: string): string => path.join(dir, 'copied.duckdb');
