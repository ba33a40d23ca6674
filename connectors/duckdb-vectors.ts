/** Columns of chunks as plain typed arrays: millions of values at the speed of the loop over them. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBType, DuckDBVector } from '@duckdb/node-api';

/** Values as DuckDB has them in memory; those of NULLs mean nothing. */
function itemsOf(vector: DuckDBVector): ArrayBufferView & { length: number } {
  const { items } = vector as unknown as { items?: ArrayBufferView & { length: number } };
  if (!ArrayBuffer.isView(items)) {
    throw new Error(`a column of ${vector.type.toString()} has no typed array`);
  }
  return items;
}

/**
 * A column of type UBIGINT as pairs of words, the lower one first.
 * @returns twice as many words as the chunk has rows; valid as long as the chunk
 */
export function wordsOf(chunk: DuckDBDataChunk, column: number): Int32Array {
  const { buffer, byteOffset, length } = itemsOf(chunk.getColumnVector(column));
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** A column of type UINTEGER. */
export function numbersOf(chunk: DuckDBDataChunk, column: number): Uint32Array {
  return itemsOf(chunk.getColumnVector(column)) as unknown as Uint32Array;
}

/** All chunks of a query, the next one on its way while one is worked on. */
export async function* chunksOf(
  connection: DuckDBConnection,
  sql: string,
): AsyncGenerator<DuckDBDataChunk> {
  const result = await connection.stream(sql);
  let next = result.fetchChunk();
  try {
    for (;;) {
      const chunk = await next;
      if (chunk === null || chunk.rowCount === 0) return;
      next = result.fetchChunk();
      yield chunk;
    }
  } finally {
    // Whoever stops reading does not wait for the chunk that is on its way, nor for its failure.
    await next.catch(() => undefined);
  }
}

/** Functions that have been made: each has a name of its own. */
let functions = 0;

/**
 * Makes a function `(UINTEGER) -> UINTEGER` that looks a number up in an array.
 * @returns the name by which SQL calls it
 */
export function registerLookUp(
  connection: DuckDBConnection,
  values: Uint32Array | Uint16Array | Uint8Array,
): string {
  return registerLooking(connection, 'UINTEGER', (places, rows, found) => {
    for (let row = 0; row < rows; row += 1) found[row] = values[places[row]!]!;
  });
}

/**
 * The same in two arrays at once, as each call has to wait for the JavaScript thread.
 * @returns the name of a function `(UINTEGER) -> UBIGINT`: what is in `lower` in the lower half, and
 * what is in `upper` in the upper one
 */
export function registerDoubleLookUp(
  connection: DuckDBConnection,
  lower: Uint32Array | Uint16Array,
  upper: Uint32Array | Uint16Array,
): string {
  return registerLooking(connection, 'UBIGINT', (places, rows, found) => {
    for (let row = 0; row < rows; row += 1) {
      const place = places[row]!;
      found[2 * row] = lower[place]!;
      found[2 * row + 1] = upper[place]!;
    }
  });
}

/** A function that a connection keeps for as long as it is open. */
export interface Numbering {
  /** By which SQL calls it. */
  name: string;
  /** Lets go of what it holds; it is not called any more then. */
  release(): void;
}

/**
 * Makes a volatile function `(UBIGINT, UINTEGER) -> UINTEGER` that is told the hash and the place of
 * each row and numbers it; rows come in any order.
 * @param number is given hashes as pairs of words, the lower one first; writes into `found`
 */
export function registerNumbering(
  connection: DuckDBConnection,
  number: (hashes: Int32Array, places: Uint32Array, rows: number, found: Uint32Array) => void,
): Numbering {
  const { UBIGINT, UINTEGER } = loadedDuckdb();
  let call: typeof number | null = number;
  const name = registerFunction(
    connection,
    { parameterTypes: [UBIGINT, UINTEGER], returnType: UINTEGER, volatile: true },
    (input, found) => call?.(wordsOf(input, 0), numbersOf(input, 1), input.rowCount, found),
  );
  return { name, release: () => (call = null) };
}

/** @param look writes what it finds as words, the lower one of a value first */
function registerLooking(
  connection: DuckDBConnection,
  returnType: 'UINTEGER' | 'UBIGINT',
  look: (places: Uint32Array, rows: number, found: Uint32Array) => void,
): string {
  const duckdb = loadedDuckdb();
  return registerFunction(
    connection,
    { parameterTypes: [duckdb.UINTEGER], returnType: duckdb[returnType] },
    (input, found) => look(numbersOf(input, 0), input.rowCount, found),
  );
}

/** Whoever has a connection has loaded it: this module alone does not. */
function loadedDuckdb(): typeof import('@duckdb/node-api') {
  return require('@duckdb/node-api') as typeof import('@duckdb/node-api');
}

/** @param run is given the words of the output */
function registerFunction(
  connection: DuckDBConnection,
  how: { parameterTypes: DuckDBType[]; returnType: DuckDBType; volatile?: boolean },
  run: (input: DuckDBDataChunk, output: Uint32Array) => void,
): string {
  functions += 1;
  const name = `tablegate_function_${functions}`;
  const made = loadedDuckdb().DuckDBScalarFunction.create({
    ...{ name, ...how },
    mainFunction: (_, input, output) => {
      const { buffer, byteOffset, byteLength } = itemsOf(output);
      run(input, new Uint32Array(buffer, byteOffset, byteLength / 4));
      output.flush();
    },
  });
  connection.registerScalarFunction(made);
  return name;
}
