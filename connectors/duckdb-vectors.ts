/** Columns of chunks as plain typed arrays: millions of values at the speed of the loop over them. */
import { DuckDBScalarFunction, UINTEGER, type DuckDBConnection } from '@duckdb/node-api';
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';

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

let lookUps = 0;

/**
 * Makes a function `(UINTEGER) -> UINTEGER` that looks a number up in an array.
 * @returns the name by which SQL calls it
 */
export function registerLookUp(
  connection: DuckDBConnection,
  values: Uint32Array | Uint16Array | Uint8Array,
): string {
  lookUps += 1;
  const name = `tablegate_look_up_${lookUps}`;
  const look = DuckDBScalarFunction.create({
    name,
    parameterTypes: [UINTEGER],
    returnType: UINTEGER,
    mainFunction: (_, input, output) => {
      const places = numbersOf(input, 0);
      const found = itemsOf(output) as unknown as Uint32Array;
      for (let row = 0; row < input.rowCount; row += 1) found[row] = values[places[row]!]!;
      output.flush();
    },
  });
  connection.registerScalarFunction(look);
  return name;
}
