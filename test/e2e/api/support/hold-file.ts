/** Keeps a DuckDB file open in another process, so that a run waits before it writes its result. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const entry = path.resolve(__dirname, '../../../connectors/support/hold-duckdb.cjs');

/** @returns lets go of the file */
export async function holdFile(file: string): Promise<() => Promise<void>> {
  const child = fork(entry, [file]);
  const ended = once(child, 'exit');
  await once(child, 'message');
  return async () => {
    child.disconnect();
    await ended;
  };
}
