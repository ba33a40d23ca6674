/** Rows of a relation of DuckDB on their way into a server, as texts that the server reads. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { chunksOf } from './duckdb-vectors';

/** Characters that are handed on at once. */
const mostCharacters = 256 * 1024;

/**
 * Texts of a query's one column, several of them at a time.
 * @param sql a query of one column of VARCHAR without NULL
 */
export async function* textsOf(
  connection: DuckDBConnection,
  sql: string,
): AsyncGenerator<string[], void> {
  let texts: string[] = [];
  let characters = 0;
  for await (const chunk of chunksOf(connection, sql)) {
    for (const text of chunk.getColumnValues(0) as string[]) {
      texts.push(text);
      characters += text.length;
      if (characters < mostCharacters) continue;
      yield texts;
      texts = [];
      characters = 0;
    }
  }
  if (texts.length > 0) yield texts;
}
