/** Reads one table through its connection. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { openConnection } from '../../../connectors';
import type { DuckdbScan, ScanRequest } from '../../../connectors/connector';
import type { JobConnection } from '../../../model/job-type';
import type { ReadRequest } from './messages';

/** A table, and what of it is to be read. */
export type TableScan = Pick<ScanRequest, 'ref' | 'columns' | 'only' | 'signal' | 'mayHold'> & {
  connection: JobConnection;
};

/** Runs `read` while the scan is set up. */
async function whileSetUp<T>(
  engine: DuckDBConnection,
  scan: DuckdbScan,
  read: () => Promise<T>,
): Promise<T> {
  try {
    for (const sql of scan.setup) await engine.run(sql);
    return await read();
  } catch (error) {
    throw scan.explain(error);
  } finally {
    // A set-up that failed leaves nothing to undo, and its own error is the one to tell.
    for (const sql of scan.teardown) await engine.run(sql).catch(() => undefined);
  }
}

/**
 * @param sqlOf the SELECT over the scan's relation; may refuse its columns
 * @param read runs it; what DuckDB throws in it is told in the words of the source
 * @throws ConnectorError or TablegateError with one sentence; what `sqlOf` throws
 */
export async function scanTable<T>(
  engine: DuckDBConnection,
  { filesRoots, fake, scratchDir, waitMs }: ReadRequest,
  { connection, ...table }: TableScan,
  sqlOf: (scan: DuckdbScan) => string,
  read: (sql: string) => Promise<T>,
): Promise<T> {
  const source = openConnection(connection, { filesRoots }, { fake });
  try {
    const scan = await source.prepareScan({ ...table, engine, scratchDir, waitMs });
    const sql = sqlOf(scan);
    return await whileSetUp(engine, scan, () => read(sql));
  } finally {
    await source.close();
  }
}
