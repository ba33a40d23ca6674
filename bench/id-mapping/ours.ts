/** Our side: the computation of the job as a worker starts it, in a child process, by the build. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ComputeRequest } from '../../activities/jobs/id-mapping/messages';
import type { DataSet } from './data-set';
import { runSide, tableNameOf, type SideRun } from './sides';

const starter = path.join(__dirname, 'run-in-child.cjs');

/** The database that holds the result. */
export const ourResultOf = (dir: string): string => path.join(dir, 'ours.duckdb');

export function removeOurResult(dir: string): void {
  rmSync(ourResultOf(dir), { force: true });
}

/**
 * Resolves the users of a data set into the database, which may hold a former result.
 * @param dir the data set lies below it
 * @param run counts the runs into one database from 1 on
 */
export function runOurs(data: DataSet, dir: string, run: number): Promise<SideRun> {
  return runSide(
    dir,
    (scratchDir) => requestOf(data, dir, run, scratchDir),
    (requestFile) => [process.execPath, starter, requestFile],
  );
}

/** As the job makes it for a task whose config says nothing but where the result goes. */
function requestOf(data: DataSet, dir: string, run: number, scratchDir: string): ComputeRequest {
  const source = { name: 'data', type: 'files', config: { path: data.dir } };
  const target = { name: 'analysis', type: 'duckdb', config: { path: ourResultOf(dir) } };
  return {
    ...{ runId: `bench-${run}`, fence: String(run), startedAtMs: Date.now() },
    ...{ scratchDir, filesRoots: [dir], fake: false },
    tables: data.tables.map(({ name, columns }) => ({
      ...{ name: tableNameOf(name), connection: source, ref: { schema: 'main', table: name } },
      idColumns: columns,
    })),
    target: { connection: target, ref: { schema: 'main', table: 'id_mapping' } },
    ...{ output: 'analysis.main.id_mapping', writer: 'bench' },
    guards: { maxSharedBy: 1000, priority: [], idTypes: {} },
  };
}

/** Seconds of a run without those of putting the result in place: the peers leave a file. */
export function secondsWithoutSwap({ seconds, phases }: SideRun): number {
  return seconds - (phases.swapping ?? 0);
}
