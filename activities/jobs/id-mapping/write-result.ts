/** The result, and its way into the target. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { HeldWrite, TableRef } from '../../../connectors/connector';
import { quoteText } from '../../../connectors/sql-text';
import type { ComputeRequest } from './messages';
import { registerOneIds } from './one-id-sql';
import type { OneIds } from './one-ids';
import type { Users } from './users';

/**
 * The result `(one_id, id_type, id_value, first_table, run_id)`, which is computed when it is read.
 * What has few values is of an ENUM: read like text, and written in half the time.
 * @param oneIds of the users
 * @param firstTable place of the first table of each ID
 * @returns a relation of the connection
 */
export function resultRelation(
  connection: DuckDBConnection,
  request: ComputeRequest,
  { userOf }: Users,
  oneIds: OneIds,
  firstTable: Uint16Array,
): string {
  const run = quoteText(request.runId);
  const tables = request.tables.map((table) => table.name);
  const sql = registerOneIds(connection, oneIds, userOf, { values: firstTable, texts: tables });
  return `(
    SELECT ${sql.text('found', 'number')} AS one_id, id_type, value AS id_value,
      ${sql.beside('found')} AS first_table, ${run}::ENUM(${run}) AS run_id
    FROM (SELECT number, id_type, value, ${sql.find('number')} AS found FROM ids)
    WHERE ${sql.hasOne('found')})`;
}

/** The table of changes that lies beside an output. */
export function changesOf({ schema, table }: TableRef): TableRef {
  return { schema, table: `${table}_changes` };
}

/**
 * Replaces result and changes together.
 * @param note what is kept with them
 * @returns rows of the result
 * @throws what the connector throws
 */
export async function swapResult(
  connection: DuckDBConnection,
  request: ComputeRequest,
  relations: { result: string; changes: string },
  basedOn: HeldWrite | null,
  note: () => Promise<string>,
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
      ...{ writer, fence: BigInt(request.fence), startedAtMs, basedOn, note, signal },
    });
  } finally {
    await place.close();
  }
}
