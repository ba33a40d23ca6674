/** One backfill by each side: so many cells that do nothing, at most sixteen at a time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackfillView } from '../../model/backfill';
import type { TaskView } from '../../model/task';
import { bareQueue } from '../bare/names';
import { makeTask } from '../ours/tasks';
import { countHistories, together, type Counted } from '../support/actions';
import { residentMiB } from '../support/process-usage';
import { cpuBetween, cpuSoFar, type CpuByProcess, type Stage } from '../support/stage';

/** Cells under way at the same time. */
export const concurrency = 16;
/** The first of the hours that are brought about. */
const firstHour = Date.parse('2025-01-01T00:00:00Z');
const hourMs = 3_600_000;
const pollMs = 1_000;

/** How one backfill went. */
export interface Measured {
  cells: number;
  seconds: number;
  cellsPerSecond: number;
  cpuSeconds: CpuByProcess;
  /** What the histories of it hold, by what they are of. */
  histories: Record<string, Counted>;
  total: Counted;
  /** Resident memory of the side's server, in MiB, by how many cells had ended. */
  memory: { ended: number; residentMiB: number }[];
}

/** What is read off while it goes on. */
type Reading = Pick<Measured, 'seconds' | 'memory'>;

async function measured(
  stage: Stage,
  cells: number,
  run: () => Promise<Reading & { count: () => Promise<Record<string, Counted>> }>,
): Promise<Measured> {
  const before = cpuSoFar(stage);
  const { seconds, memory, count } = await run();
  const cpuSeconds = cpuBetween(before, cpuSoFar(stage));
  const histories = await count();
  return {
    ...{ cells, seconds, cellsPerSecond: cells / seconds, cpuSeconds, histories, memory },
    total: together(...Object.values(histories)),
  };
}

/** A task with an instance each hour, which runs only when it is asked to. */
export function makeHourlyTask(stage: Stage): Promise<TaskView> {
  return makeTask(stage.api, {
    recurrence: { every: 'hour' },
    runPolicy: { maxParallel: concurrency },
  });
}

/** The body of `POST /backfills` for so many hours of a task. */
export function backfillOf(taskId: string, cells: number): Record<string, unknown> {
  const end = firstHour + (cells - 1) * hourMs;
  return {
    taskIds: [taskId],
    startTime: new Date(firstHour).toISOString(),
    endTime: new Date(end).toISOString(),
    ...{ concurrency, confirm: true },
  };
}

/** A new task, and a backfill of so many of its hours. */
export function measureOurs(stage: Stage, cells: number): Promise<Measured> {
  const { api, client, sides } = stage;
  return measured(stage, cells, async () => {
    const { id: taskId } = await makeHourlyTask(stage);
    const from = Date.now();
    const { id } = await api.post<BackfillView>('/backfills', backfillOf(taskId, cells));
    const memory: Measured['memory'] = [];
    const view = await untilFinished(async () => {
      const now = await api.get<BackfillView>(`/backfills/${id}`);
      note(memory, now.counts.succeeded ?? 0, sides.ours.pid);
      return now;
    });
    if (view.counts.succeeded !== cells) {
      throw new Error(`not all cells have succeeded: ${JSON.stringify(view.counts)}`);
    }
    return {
      ...{ seconds: (Date.parse(view.finishedAt!) - from) / 1000, memory },
      count: async () => ({
        task: await countHistories(client, `WorkflowId = 'task/default/${taskId}'`, 1),
        driver: await countHistories(client, `WorkflowId = 'backfill/default/${id}'`, 1),
        runs: await countHistories(
          client,
          `WorkflowId STARTS_WITH 'run/default/${taskId}/' AND ExecutionStatus = 'Completed'`,
          cells,
        ),
      }),
    };
  });
}

async function untilFinished(read: () => Promise<BackfillView>): Promise<BackfillView> {
  for (;;) {
    const view = await read();
    if (view.finishedAt !== null) return view;
    await sleep(pollMs);
  }
}

function note(memory: Measured['memory'], ended: number, pid: number): void {
  const resident = residentMiB(pid);
  if (resident !== null) memory.push({ ended, residentMiB: Math.round(resident) });
}

let bareBackfills = 0;

/** A workflow that starts so many children. */
export function measureBare(stage: Stage, cells: number): Promise<Measured> {
  const { client, sides } = stage;
  bareBackfills += 1;
  const workflowId = `bare-backfill-${bareBackfills}`;
  return measured(stage, cells, async () => {
    const from = Date.now();
    const handle = await client.workflow.start('manyChildren', {
      ...{ workflowId, taskQueue: bareQueue },
      args: [{ done: 0, total: cells, window: concurrency }],
    });
    await handle.result();
    const { closeTime } = await client.workflow.getHandle(workflowId).describe();
    const memory: Measured['memory'] = [];
    note(memory, cells, sides.bare.pid);
    return {
      ...{ seconds: (closeTime!.getTime() - from) / 1000, memory },
      count: async () => ({
        parent: await countHistories(client, `WorkflowId = '${workflowId}'`, 1),
        children: await countHistories(
          client,
          `WorkflowId STARTS_WITH '${workflowId}/' AND ExecutionStatus = 'Completed'`,
          cells,
        ),
      }),
    };
  });
}
