/** Cells as backfills ask for them, and jobs that run at the same time. */
import type { CellRequest } from '../../../model/backfill';
import { instancesRequestedSignal } from '../../../model/messages';
import type { JobResult } from '../../../model/job-type';
import type { OpenedTask } from './house';
import { nothingDone, type FakeJob, type World } from './world';

/** The n-th hour of a year. */
export const hour = (number: number): string =>
  new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();
export const hours = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => hour(index));

/** Asks a task for these times on behalf of a backfill. */
export async function requestCells(
  task: OpenedTask,
  backfill: string,
  scheduleTimes: string[],
  change: Partial<CellRequest> = {},
): Promise<void> {
  const cells = scheduleTimes.map((scheduleTime): CellRequest => ({
    ...{ scheduleTime, backfills: [backfill], existing: 'rerun', attempts: 0, status: null },
    ...{ by: 'somebody', ...change },
  }));
  await task.handle.signal(instancesRequestedSignal, { cells });
}

/** Times of the task's runs, in the order in which their jobs began. */
export function timesRun(world: World, { taskId }: OpenedTask): (string | null | undefined)[] {
  const tries = world.tries.filter((job) => job.taskId === taskId);
  return tries.map(({ record }) => record?.scheduleTime);
}

/** Jobs that go on until the test lets them end, told apart by their run. */
export class HeldJobs {
  /** Runs whose jobs are under way. */
  readonly live = new Map<string, (end: JobResult | Error) => void>();
  /** The most that were under way at once. */
  most = 0;
  private isOpen = false;

  constructor(private readonly world: World) {}

  readonly job: FakeJob = async ({ signal }, { runId }) => {
    if (this.isOpen) return nothingDone;
    const ended = new Promise<JobResult | Error>((resolve) => {
      this.live.set(runId, resolve);
      signal.addEventListener('abort', () => resolve(new Error('aborted')));
    });
    this.most = Math.max(this.most, this.live.size);
    this.world.changed();
    const end = await ended;
    this.live.delete(runId);
    if (end instanceof Error) throw end;
    return end;
  };

  /** Resolves when this many are under way. */
  async until(count: number): Promise<string[]> {
    await this.world.until(() => this.live.size === count);
    return [...this.live.keys()];
  }

  end(runId: string, how: JobResult | Error = nothingDone): void {
    this.live.get(runId)!(how);
  }

  /** Ends all, and those that begin from now on at once. */
  endAll(): void {
    this.isOpen = true;
    for (const end of this.live.values()) end(nothingDone);
  }
}
