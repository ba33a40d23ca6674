/** The result, and its way into the target. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { LastWrite, TableRef } from '../../../connectors/connector';
import { registerDoubleLookUp } from '../../../connectors/duckdb-vectors';
import { quoteText } from '../../../connectors/sql-text';
import { noId } from './links';
import type { ComputeRequest } from './messages';
import type { Users } from './users';

function listOf(texts: string[]): string {
  return texts.map(quoteText).join(', ');
}

/**
 * The result `(one_id, id_type, id_value, first_table, run_id)`, which is computed when it is read;
 * `users` gives the one_ids. What has few values is of an ENUM: read like text, and written in half
 * the time.
 * @param firstTable place of the first table of each ID
 * @returns a relation of the connection
 */
export function resultRelation(
  connection: DuckDBConnection,
  request: ComputeRequest,
  idTypes: string[],
  { userOf }: Users,
  firstTable: Uint16Array,
): string {
  const types = listOf(idTypes);
  const tables = listOf(request.tables.map((table) => table.name));
  const run = listOf([request.runId]);
  const userAndTable = registerDoubleLookUp(connection, userOf, firstTable);
  return `(
    SELECT users.one_id, [${types}][ids.type + 1]::ENUM(${types}) AS id_type, ids.value AS id_value,
      [${tables}][(ids.found >> 32)::UINTEGER + 1]::ENUM(${tables}) AS first_table,
      ${run}::ENUM(${run}) AS run_id
    FROM (SELECT type, value, ${userAndTable}(number) AS found FROM ids) AS ids
      JOIN users ON users.number = (ids.found & ${noId})::UINTEGER)`;
}

/** The table of changes that lies beside an output. */
export function changesOf({ schema, table }: TableRef): TableRef {
  return { schema, table: `${table}_changes` };
}

/**
 * Replaces result and changes together.
 * @returns rows of the result
 * @throws what the connector throws
 */
export async function swapResult(
  connection: DuckDBConnection,
  request: ComputeRequest,
  relations: { result: string; changes: string },
  basedOn: LastWrite | null,
  signal: AbortSignal,
): Promise<number> {
  const { filesRoots, fake, writer, startedAtMs, target } = request;
  const place = openConnection(target.connection, { filesRoots }, { fake });
  try {
    return await place.swapIn({
      engine: connection,
      tables: [
        { ref: target.ref, relation: relations.result },
        { ref: changesOf(target.ref), relation: relations.changes },
      ],
      ...{ writer, fence: BigInt(request.fence), startedAtMs, basedOn, signal },
    });
  } finally {
    await place.close();
  }
}
