/** Tasks of the real job over tables of their own, and what their runs leave. */
import path from 'node:path';
import type { LogLine } from '../../../../model/run';
import type { RunRead, TaskRead } from '../../../../scheduling/scheduling';
import type { Installation, TestServer } from '../../../support/running-server';
import { addTables, createTask, runsOf, startRun, until, untilIdle } from './flow';
import { holdFile } from './hold-file';

export class IdMappingRuns {
  #sources = 0;

  constructor(
    readonly installation: Installation,
    readonly server: TestServer,
  ) {}

  /** The tables of `people` in a connection of their own. */
  async freshTables(): Promise<{ connection: string; tables: string[] }> {
    this.#sources += 1;
    const connection = `crm${this.#sources}`;
    const tables = await addTables(this.installation, this.server.api, connection);
    return { connection, tables };
  }

  /** A manual task that writes `main.{output}` of the analysis source. */
  taskInto(
    tables: string[],
    output: string,
    settings: Record<string, unknown> = {},
  ): Promise<TaskRead> {
    return createTask(this.server.api, tables, {
      kind: 'manual',
      job: { type: 'id-mapping', config: { output: `main.${output}` } },
      ...settings,
    });
  }

  /** Starts by hand and waits for the end. */
  async runOnce(id: string): Promise<RunRead> {
    const { api } = this.server;
    const before = (await runsOf(api, id)).length;
    await startRun(api, id);
    const [run] = await untilIdle(api, id, before + 1);
    return run!;
  }

  /** Keeps runs from writing their result. @returns lets them */
  holdAnalysis(): Promise<() => Promise<void>> {
    return holdFile(path.join(this.installation.dataDir, 'files/analysis.duckdb'));
  }

  /** A live run that has read its tables, and waits for the file that its result goes to. */
  async untilWriting(id: string): Promise<RunRead> {
    const [run] = await until(
      () => runsOf(this.server.api, id),
      ([newest]) => newest !== undefined && hasReadAll(newest),
    );
    return run!;
  }

  async logOf(id: string, runId: string): Promise<LogLine[]> {
    const log = await this.server.api.get<{ items: LogLine[] }>(`/tasks/${id}/runs/${runId}/log`);
    return log.items;
  }
}

/** And is not over: the newest of a list may still be the run before. */
function hasReadAll({ status: ofRun, tables }: RunRead): boolean {
  if (ofRun !== 'running') return false;
  return tables.length > 0 && tables.every(({ status }) => status === 'succeeded');
}
