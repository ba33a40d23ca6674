/** Columns of chunks as plain typed arrays: millions of values at the speed of the loop over them. */
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBStructVector,
  DuckDBType,
  DuckDBVector,
} from '@duckdb/node-api';

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

/** A column of type UUID as four words each, the lowest first; the topmost bit is inverted. */
export function uuidsOf(chunk: DuckDBDataChunk, column: number): Int32Array {
  const { dataView } = chunk.getColumnVector(column) as unknown as { dataView: DataView };
  return new Int32Array(dataView.buffer, dataView.byteOffset, chunk.rowCount * 4);
}

/** The values of a column of type VARCHAR, each of which takes its time. */
export function textsOf(chunk: DuckDBDataChunk, column: number): (row: number) => string {
  let vector: DuckDBVector | null = null;
  return (row) => String((vector ??= chunk.getColumnVector(column)).getItem(row));
}

/** Numbers of at most 32 bits, or the words of longer ones. */
export type PlainArray = Uint8Array | Uint16Array | Uint32Array;

function plainOf(vector: DuckDBVector): PlainArray {
  const items = itemsOf(vector);
  const { buffer, byteOffset, byteLength } = items;
  const isPlain = items instanceof Uint8Array || items instanceof Uint16Array;
  return isPlain ? items : new Uint32Array(buffer, byteOffset, byteLength / 4);
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
  const { UINTEGER } = loadedDuckdb();
  return registerFunction(
    connection,
    { parameterTypes: [UINTEGER], returnType: UINTEGER },
    (input, output) => {
      const places = numbersOf(input, 0);
      const found = plainOf(output);
      for (let row = 0; row < input.rowCount; row += 1) found[row] = values[places[row]!]!;
    },
  ).name;
}

/** A field of a struct: numbers, or places in a list of texts, which SQL sees as an ENUM of these. */
export type Field = 'UINTEGER' | 'UBIGINT' | string[];

/**
 * Makes a volatile function `(UINTEGER) -> STRUCT(…)` that finds several things at once, as each call
 * has to wait for the JavaScript thread.
 * @param find writes what it finds for `count` places, an array a field; a UBIGINT is two words, the
 *   lower one first
 * @returns the name by which SQL calls it
 */
export function registerStructLookUp(
  connection: DuckDBConnection,
  fields: Record<string, Field>,
  find: (places: Uint32Array, count: number, found: PlainArray[]) => void,
): string {
  const { ENUM, STRUCT, ...types } = loadedDuckdb();
  const entries = Object.entries(fields).map(([name, field]) => {
    return [name, typeof field === 'string' ? types[field] : ENUM(field)] as const;
  });
  return registerFunction(
    connection,
    // Else a condition on a field would call it once more.
    {
      parameterTypes: [types.UINTEGER],
      returnType: STRUCT(Object.fromEntries(entries)),
      volatile: true,
    },
    (input, output) => {
      const struct = output as DuckDBStructVector;
      const found = entries.map((_, at) => plainOf(struct.entryVectorAt(at)));
      find(numbersOf(input, 0), input.rowCount, found);
    },
  ).name;
}

/** Makes a function `(UINTEGER) -> VARCHAR`: ten times as slow as the others. @returns its name */
export function registerTextLookUp(
  connection: DuckDBConnection,
  find: (place: number) => string,
): string {
  const { UINTEGER, VARCHAR } = loadedDuckdb();
  return registerFunction(
    connection,
    { parameterTypes: [UINTEGER], returnType: VARCHAR },
    (input, output) => {
      const places = numbersOf(input, 0);
      for (let row = 0; row < input.rowCount; row += 1) output.setItem(row, find(places[row]!));
    },
  ).name;
}

/** Makes a volatile function that hears of rows, in any order; what it answers means nothing. */
export function registerListener(
  connection: DuckDBConnection,
  parameters: ('UUID' | 'VARCHAR' | 'UINTEGER')[],
  hear: (rows: DuckDBDataChunk) => void,
): HeldFunction {
  const types = loadedDuckdb();
  const parameterTypes = parameters.map((type) => types[type]);
  return registerFunction(
    connection,
    { parameterTypes, returnType: types.UINTEGER, volatile: true },
    hear,
  );
}

/** A function that a connection keeps for as long as it is open. */
export interface HeldFunction {
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
): HeldFunction {
  const { UBIGINT, UINTEGER } = loadedDuckdb();
  return registerFunction(
    connection,
    { parameterTypes: [UBIGINT, UINTEGER], returnType: UINTEGER, volatile: true },
    (input, output) =>
      number(
        wordsOf(input, 0),
        numbersOf(input, 1),
        input.rowCount,
        plainOf(output) as Uint32Array,
      ),
  );
}

/** Whoever has a connection has loaded it: this module alone does not. */
function loadedDuckdb(): typeof import('@duckdb/node-api') {
  return require('@duckdb/node-api') as typeof import('@duckdb/node-api');
}

/** @param run writes into the output */
function registerFunction(
  connection: DuckDBConnection,
  how: { parameterTypes: readonly DuckDBType[]; returnType: DuckDBType; volatile?: boolean },
  run: (input: DuckDBDataChunk, output: DuckDBVector) => void,
): HeldFunction {
  let held: typeof run | null = run;
  functions += 1;
  const name = `tablegate_function_${functions}`;
  const made = loadedDuckdb().DuckDBScalarFunction.create({
    ...{ name, ...how },
    mainFunction: (_, input, output) => {
      held?.(input, output);
      output.flush();
    },
  });
  connection.registerScalarFunction(made);
  return { name, release: () => (held = null) };
}
