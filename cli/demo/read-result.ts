/** Reads the result of an `id-mapping` run out of the DuckDB file that it was written to. */
import { DuckDBInstance } from '@duckdb/node-api';
import type { ApiClient } from '../api-client';

export interface MappingRow {
  one_id: string;
  id_type: string;
  id_value: string;
}

/**
 * @param output `connection.schema.table`
 * @throws Error when the connection is no DuckDB file or holds no such table
 */
export async function readResult(api: ApiClient, output: string): Promise<MappingRow[]> {
  const [connection = '', schema = '', ...table] = output.split('.');
  const { config } = await api.get<{ config: { path?: unknown } }>(
    `/connections/${encodeURIComponent(connection)}`,
  );
  if (typeof config.path !== 'string') throw new Error(`${connection} is not a DuckDB file`);
  const instance = await DuckDBInstance.create(config.path, { access_mode: 'READ_ONLY' });
  try {
    const db = await instance.connect();
    const from = `${quote(schema)}.${quote(table.join('.'))}`;
    const reader = await db.runAndReadAll(`select one_id, id_type, id_value from ${from}`);
    return reader.getRowObjects() as unknown as MappingRow[];
  } finally {
    instance.closeSync();
  }
}

const quote = (name: string) => `"${name.replaceAll('"', '""')}"`;
