/** What recording a history needs: a house, and a way to write what its workflows have done. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { BundleOptions } from '../../support/workflows/bundle';
import { one, two } from '../../support/workflows/definition';
import { historyToJson } from '../../support/workflows/history';
import { House, type OpenedTask } from '../../support/workflows/house';
import { HeldJob, nothingDone } from '../../support/workflows/world';

/** Histories of workflows with the limits of `small-roll-over-limits.ts` stand here. */
export const smallLimitsFolder = 'small-limits';

export class Recorder {
  private constructor(
    readonly house: House,
    private readonly folder: string,
  ) {}

  static async open(options: BundleOptions = {}): Promise<Recorder> {
    const histories = path.join(__dirname, '..', 'histories');
    const folder = options.smallLimits ? path.join(histories, smallLimitsFolder) : histories;
    mkdirSync(folder, { recursive: true });
    return new Recorder(await House.open(options), folder);
  }

  /** Writes what these workflows have done as one file. */
  async keep(name: string, handles: WorkflowHandle[]): Promise<void> {
    const kept = await Promise.all(
      handles.map(async (handle) => ({
        workflowId: handle.workflowId,
        history: scrubbed(historyToJson(await handle.fetchHistory())),
      })),
    );
    writeFileSync(path.join(this.folder, `${name}.json`), `${JSON.stringify(kept)}\n`);
  }

  /** Waits until the task has heard how its latest run ended and the store holds all of it. */
  async settled(task: OpenedTask): Promise<void> {
    await this.house.world.until(
      () => this.house.world.tasks.get(task.taskId)?.latestRun?.finishedAt,
    );
    await this.house.settled(task);
  }

  /** A task of two tables whose run goes on until it is let go. */
  async runningTask(given = {}): Promise<{ task: OpenedTask; runId: string; held: HeldJob }> {
    const { world } = this.house;
    const held = new HeldJob();
    world.job = held.job;
    const task = await this.house.openTask(given);
    await task.call(one, two);
    const { runId } = await world.until(() =>
      world.tries.find((job) => job.taskId === task.taskId),
    );
    await this.house.settled(task);
    return { task, runId, held };
  }

  /** Lets jobs that begin from now on do nothing. */
  doNothing(): void {
    this.house.world.job = async () => nothingDone;
  }

  /** All histories that a workflow has had, oldest first. */
  async chain(workflowId: string): Promise<WorkflowHandle[]> {
    const { workflow } = this.house.client;
    const handles: WorkflowHandle[] = [];
    for (let { runId } = await workflow.getHandle(workflowId).describe(); runId;) {
      const handle = workflow.getHandle(workflowId, runId);
      handles.unshift(handle);
      const { events } = await handle.fetchHistory();
      const begin = events?.[0]?.workflowExecutionStartedEventAttributes;
      runId = begin?.continuedExecutionRunId ?? '';
    }
    return handles;
  }
}

/** The same without names and paths of the machine; a replay reads neither. */
function scrubbed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      // Identities, and the names of sticky queues that are made of them.
      if (typeof field === 'string' && /^\d+@/.test(field)) return [name, 'recorder'];
      if (name === 'stackTrace') return [name, ''];
      return [name, scrubbed(field)];
    }),
  );
}
