/**
 * C code of ours that DuckDB's threads call by themselves, so that they do not wait for that of
 * JavaScript. Whatever it does is done in JavaScript too, more slowly: it is compiled where there is a
 * C compiler.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';

/** A handle of the C code. */
export type Handle = { readonly handle: unique symbol };

/** What the C code offers, as the files `*_addon.c` say. */
export interface Addon {
  openTexts(mostMiB: number): Handle | null;
  beginTexts(texts: Handle, first: number): boolean;
  endTexts(texts: Handle): void;
  numberTexts(
    connection: unknown,
    name: string,
    texts: Handle,
    numbers: Uint32Array,
    place: number,
  ): Handle;
  releaseNumbering(numbering: Handle): number;
  countTexts(texts: Handle): number | null;
  readTexts(
    texts: Handle,
    cells: Uint32Array,
    places: Uint16Array | null,
    hashes: Int32Array | null,
  ): void;
  readDigits(texts: Handle, words: Uint32Array): [number, string][];
  registerOneIds(
    connection: unknown,
    name: string,
    of: Uint32Array,
    words: Uint32Array,
    prefixes: Uint8Array,
    beside: Uint32Array | Uint16Array | Uint8Array,
    texts: string[] | null,
  ): boolean;
  join(parents: Uint32Array, column: Uint32Array, before: Uint32Array[]): boolean;
  numberUsers(parents: Uint32Array, userOf: Uint32Array, ids: Uint32Array): number;
  represent(words: Uint32Array, userOf: Uint32Array, hashes: Int32Array, place: number): void;
  usersOfRows(users: Uint32Array, column: Uint32Array, userOf: Uint32Array): number;
}

/** Versions of DuckDB's package for Node whose connections the C code knows. */
const knownVersions = ['1.5.6-r.1'];

export type AddonState = 'loaded' | 'switched off' | 'not built' | 'broken' | 'unlike DuckDB';

interface Found {
  state: AddonState;
  addon: Addon | null;
  /** Why it cannot be loaded, as Node says it. */
  problem?: string;
}

let found: Found | undefined;

/** Whether the file is the one that was built: a part of it, once loaded, would end the process. */
function isWhole(file: string): boolean {
  const stamp = readFileSync(path.join(path.dirname(file), '.build.json'), 'utf8');
  const { addon } = JSON.parse(stamp) as { addon?: string };
  return createHash('sha256').update(readFileSync(file)).digest('hex') === addon;
}

function find(): Found {
  const { version } = require('@duckdb/node-api/package.json') as { version: string };
  if (!knownVersions.includes(version)) return { state: 'unlike DuckDB', addon: null };
  const folder = __filename.endsWith('.ts') ? 'build' : '../../native/build';
  const file = path.join(__dirname, folder, 'ids.node');
  if (!existsSync(file)) return { state: 'not built', addon: null };
  try {
    if (!isWhole(file)) throw new Error('it is not what was built');
    return { state: 'loaded', addon: require(file) as Addon };
  } catch (error) {
    // Whatever is wrong with it: all goes on without.
    return { state: 'broken', addon: null, problem: String(error) };
  }
}

export function addonState(): AddonState {
  return process.env.TABLEGATE_ADDON === 'off' ? 'switched off' : (found ??= find()).state;
}

/** Why it is broken. */
export const addonProblem = (): string => found?.problem ?? '';

/** @returns null where it is not there, or switched off */
export function loadAddon(): Addon | null {
  return addonState() === 'loaded' ? found!.addon : null;
}

/** Whether the addon is there, and not switched off. */
export const hasAddon = (): boolean => loadAddon() !== null;

let functions = 0;

/** A name for a function that is made: each has one of its own. */
export const newName = (): string => `tablegate_addon_${(functions += 1)}`;

/** What DuckDB's package holds of a connection. */
export const connectionOf = (connection: DuckDBConnection): unknown =>
  (connection as unknown as { connection: unknown }).connection;
