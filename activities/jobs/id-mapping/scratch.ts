/** What a computation may use of the machine, and the rules of the ID types that it meets. */
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineLimits } from '../../../connectors/duckdb-engine';
import { rulesOf, type IdTypeRules } from '../../../model/id-rules';
import { letJavaScriptGoFirst } from '../niceness';
import type { Places } from './messages';

/** The rules of one type. */
export interface TypeRules {
  idType: string;
  rules: IdTypeRules;
}

/** With node and its arrays this stays below 1 GiB for ten million rows of six million IDs; DuckDB spills. */
export const scratchMemoryMiB = 384;
/** More threads would each want memory of their own. */
const mostThreads = 4;

/** The rules of all ID types of the tables, by the names of the types. */
export function typeRulesOf({ tables, guards }: Pick<Places, 'tables' | 'guards'>): TypeRules[] {
  const names = tables.flatMap((table) => table.idColumns.map((column) => column.idType));
  const { maxSharedBy, idTypes } = guards;
  return [...new Set(names)].toSorted().map((idType) => ({
    idType,
    rules: rulesOf(idType, {
      maxSharedBy,
      ...(Object.hasOwn(idTypes, idType) ? idTypes[idType] : {}),
    }),
  }));
}

/** For texts outside of DuckDB's memory: those of one type, or the one_ids of a former result. */
const mostTextsMiB = 1024;

/** That, or an eighth of what there is. Where texts take more, they are told apart without the addon. */
export function textsMemoryMiB(): number {
  const all = Math.min(os.totalmem(), process.constrainedMemory() || Infinity);
  return Math.min(mostTextsMiB, Math.floor(all / 8 / 2 ** 20));
}

function threadCount(): number {
  return Math.min(os.availableParallelism(), mostThreads);
}

/**
 * Runs statements with two threads more, as some always wait for JavaScript. That goes first from here
 * on, until the process ends.
 */
export async function withMoreThreads<T>(
  connection: DuckDBConnection,
  run: () => Promise<T>,
): Promise<T> {
  const threads = threadCount();
  await connection.run(`SET threads = ${threads + 2}`);
  letJavaScriptGoFirst();
  try {
    return await run();
  } finally {
    await connection.run(`SET threads = ${threads}`);
  }
}

export function scratchLimits(scratchDir: string): EngineLimits {
  const threads = threadCount();
  return { threads, memoryMiB: scratchMemoryMiB, spillDir: path.join(scratchDir, 'spill') };
}
