/** one_ids that are found by the addon. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { connectionOf, loadAddon, newName } from './addon';

/** What is kept for as long as a connection is. */
const kept = new WeakMap<DuckDBConnection, unknown[]>();

/** Something that is known by number: numbers, or places in a list of texts. */
export interface BesideOneId {
  values: Uint32Array | Uint16Array | Uint8Array;
  texts?: string[];
}

/**
 * Makes a function `(UINTEGER) -> STRUCT(one_id VARCHAR, beside)`, whose one_id is NULL for a number
 * without one; `beside` is a UINTEGER, or an ENUM of the texts.
 * @param of place of the one_id of each number, or the largest number
 * @param words three each: the halves of the last 16 digits, the lower one first, and the place of the prefix
 * @param prefixes 16 digits each, or empty
 * @returns its name; null where there is no addon
 */
export function registerAddonOneIds(
  connection: DuckDBConnection,
  of: Uint32Array,
  { words, prefixes }: { words: Uint32Array; prefixes: string[] },
  { values, texts }: BesideOneId,
): string | null {
  const addon = loadAddon();
  if (addon === null) return null;
  const name = newName();
  const digits = Buffer.from(prefixes.map((prefix) => prefix.padStart(16, '0')).join(''), 'latin1');
  const held = [of, words, digits, values];
  kept.set(connection, [...(kept.get(connection) ?? []), ...held]);
  const handle = connectionOf(connection);
  return addon.registerOneIds(handle, name, of, words, digits, values, texts ?? null) ? name : null;
}
