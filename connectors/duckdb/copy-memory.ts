/**
 * How much memory DuckDB may have to bring rows into a table. What it does not need it fills with what
 * it has written, which nobody asks for again: so it is given what the rows at hand need, and a copy
 * takes no more of ten million rows than of one.
 */
import os from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { isOutOfMemory } from '../duckdb-engine';
import type { GroupSizes } from '../group-sizes';

const MiB = 1 << 20;
/** For what does not grow with the rows. */
const baseMiB = 8;
/** Of a column: what it is written into before it is compressed, its NULLs, and what comes of both. */
const columnMiB = 0.75;
/** Limits are multiples of it: they change seldom. */
const stepMiB = 8;
/** Enough for a table of ten columns. */
export const leastMemoryMiB = 64;
/** Where nothing is known of the rows: enough for most tables, and the others are tried again. */
export const firstMemoryMiB = 96;
/** For SQL of a script, and for what looks for keys among all rows. */
export const usualMemoryMiB = 256;

/**
 * @param threads that work at the same time
 * @param machineMiB memory of the machine, half of which is not taken
 */
export function copyMemoryMiB(
  columns: number,
  { readBytes, vectorBytes }: Pick<GroupSizes, 'readBytes' | 'vectorBytes'>,
  threads: number,
  machineMiB: number,
): number {
  const ofThread = columns * columnMiB + (readBytes + vectorBytes) / MiB;
  const needed = Math.ceil((baseMiB + threads * ofThread) / stepMiB) * stepMiB;
  return Math.max(leastMemoryMiB, Math.min(needed, Math.floor(machineMiB / 2)));
}

/** Of this machine, or of what this process may have of it. */
export function machineMemoryMiB(): number {
  // Zero where there is no bound.
  const bound = process.constrainedMemory() || Infinity;
  return Math.floor(Math.min(os.totalmem(), bound) / MiB);
}

/** By what each try has more than the one before. */
const moreTimes = 4;

/**
 * Tries again with more memory, up to half of the machine's, where DuckDB says that it needs more.
 * @param work changes nothing where it fails
 * @param mayTryAgain whether that is still so
 * @throws what the last try throws
 */
export async function withEnoughMemory<T>(
  firstMiB: number,
  work: (memoryMiB: number) => Promise<T>,
  mayTryAgain: () => boolean = () => true,
): Promise<T> {
  const mostMiB = Math.floor(machineMemoryMiB() / 2);
  for (let memoryMiB = firstMiB; ; memoryMiB = Math.min(memoryMiB * moreTimes, mostMiB)) {
    try {
      return await work(memoryMiB);
    } catch (error) {
      if (memoryMiB >= mostMiB || !isOutOfMemory(error) || !mayTryAgain()) throw error;
    }
  }
}

/** Sets the limit of an engine that is open. */
export async function setMemory(connection: DuckDBConnection, memoryMiB: number): Promise<void> {
  await connection.run(`SET memory_limit = '${memoryMiB}MiB'`);
}
