/** Relations of numbers. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { registerLookUp } from '../../../connectors/duckdb-vectors';

/**
 * A relation `(number)` from 0 on: a table, as nothing else that counts is read by several threads.
 * It lasts as long as the connection.
 */
export async function numbersTo(connection: DuckDBConnection, count: number): Promise<string> {
  const name = `numbers_to_${count}`;
  await connection.run(
    `CREATE TEMP TABLE IF NOT EXISTS ${name} AS
     SELECT range::UINTEGER AS number FROM range(${count})`,
  );
  return name;
}

/** A relation `(number)` of these. */
export async function numbersIn(
  connection: DuckDBConnection,
  numbers: Uint32Array,
): Promise<string> {
  const look = registerLookUp(connection, numbers);
  return `(SELECT ${look}(number) AS number FROM ${await numbersTo(connection, numbers.length)})`;
}
