/**
 * Numbers the texts of one type while they are collected: a table is read once. Each cell gets the
 * number of its text; each distinct text lies once in a file, with its number.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { numberByAddon } from './number-by-addon';
import { numberByHash } from './number-by-hash';
import type { NumberedTexts, TextRequest } from './text-columns';

/** Writes the texts of a type into the file, and numbers its cells. */
export async function numberTexts(
  connection: DuckDBConnection,
  request: TextRequest,
): Promise<NumberedTexts> {
  const { addon } = request;
  // It cannot tell texts apart that have one hash.
  const byAddon = addon === null ? null : await numberByAddon(connection, request, addon);
  return byAddon ?? numberByHash(connection, request);
}
