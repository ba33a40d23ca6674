/** DuckDB for what is not measured: making the data, and comparing results. */
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { withEngine } from '../../connectors/duckdb-engine';

const memoryMiB = 4_096;

/** @param dir folder that it may spill into */
export function withBenchEngine<T>(
  dir: string,
  use: (connection: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const limits = {
    ...{ threads: os.availableParallelism(), memoryMiB },
    spillDir: path.join(dir, 'spill'),
  };
  return withEngine(':memory:', limits, null, use);
}
