/** Parquet files as DuckDB relations. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { describeRelation } from '../columns';
import type { ColumnInfo, RowSample } from '../connector';
import { smallEngine, withEngine } from '../duckdb-engine';
import { sampleRelation } from '../row-sample';
import { quotePath } from '../sql-text';
import { parquetError } from './errors';
import type { TableFile } from './folder';

/** Text of old writers comes as bare bytes; names of folders are not columns. */
export function parquetRelation(file: TableFile): string {
  return `read_parquet(${quotePath(file.path)}, binary_as_string=true, hive_partitioning=false)`;
}

/** @throws ConnectorError for a file that is not Parquet */
export async function parquetFirstRows(
  file: TableFile,
  limit: number,
  signal: AbortSignal,
): Promise<RowSample> {
  return withEngine(':memory:', smallEngine, signal, async (connection) => {
    try {
      return await sampleRelation(connection, parquetRelation(file), limit);
    } catch (error) {
      signal.throwIfAborted();
      throw parquetError(file.name, error);
    }
  });
}

/**
 * @param engine that is asked; left out: one of its own
 * @throws ConnectorError for a file that is not Parquet
 */
export async function parquetColumns(
  file: TableFile,
  signal: AbortSignal | null,
  engine?: DuckDBConnection,
): Promise<ColumnInfo[]> {
  const describe = async (connection: DuckDBConnection): Promise<ColumnInfo[]> => {
    try {
      return await describeRelation(connection, parquetRelation(file));
    } catch (error) {
      signal?.throwIfAborted();
      throw parquetError(file.name, error);
    }
  };
  if (engine !== undefined) return describe(engine);
  return withEngine(':memory:', smallEngine, signal, describe);
}
