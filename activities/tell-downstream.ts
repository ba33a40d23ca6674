/** What the ends of a task's runs mean for the tasks after it (rules 9 and 10). */
import { isUpstream, lineageTask, type LineageTask } from '../model/lineage';
import type { JobLineage } from '../model/job-type';
import { isEnded, type RunProjection } from '../model/run';
import type { TaskProjection } from '../model/task';
import type { ActivityDeps } from './deps';
import { marksFor } from './marks-by-task';

type Deps = Pick<ActivityDeps, 'store' | 'temporal' | 'log'>;

export interface ToldBatch {
  task: TaskProjection;
  lineage: JobLineage;
  runs: RunProjection[];
}

/** For so long after an edit tasks downstream are told of it; without that they ask by themselves. */
const editedMs = 60_000;
/** How many tasks are told at the same time. */
const atOnce = 20;

/**
 * Tells the tasks downstream what has become of a batch of records that the store has: recurring
 * ones judge their gates again, triggered ones get the marks of tables that this task has written.
 * Safe to repeat. Where nothing has ended nobody is looked up.
 * @throws where marks could not be sent; a recurring task asks again by itself in time
 */
export async function tellDownstream(
  deps: Deps,
  { task, lineage, runs }: ToldBatch,
): Promise<void> {
  const isChanged = task.removedAt !== null || wasJustEdited(task);
  const concernsGates = isChanged || runs.some(endsInstance);
  const marking = lineage.writes.length > 0 ? runs.filter(mayMark) : [];
  if (!concernsGates && marking.length === 0) return;
  const up = lineageTask(task, lineage);
  const tasks = await deps.store.tasks.downstreamOf(task.tenant, task.id, lineage.writes);
  const tell = async (down: LineageTask): Promise<void> => {
    if (down.kind === 'recurring' && concernsGates) await nudge(deps, task.tenant, down);
    if (down.kind === 'triggered') await mark(deps, task.tenant, { up, down, marking });
  };
  const after = tasks.filter((down) => isUpstream(up, down));
  for (let from = 0; from < after.length; from += atOnce) {
    await Promise.all(after.slice(from, from + atOnce).map(tell));
  }
}

/** Whether an instance has come to an end, or will not come to one by itself. */
function endsInstance({ status, scheduleTime }: RunProjection): boolean {
  const isOver = isEnded(status) || status === 'missed' || status === 'blocked';
  return isOver && scheduleTime !== null;
}

/** Runs of a backfill mark nothing: its plan is the whole truth. */
function mayMark({ status, startedBy }: RunProjection): boolean {
  return status === 'succeeded' && startedBy !== 'backfill';
}

function wasJustEdited({ createdAt, updatedAt }: TaskProjection): boolean {
  return updatedAt !== createdAt && Date.now() - Date.parse(updatedAt) < editedMs;
}

async function nudge({ temporal, log }: Deps, tenant: string, down: LineageTask): Promise<void> {
  try {
    await temporal.upstreamChanged(tenant, down.id);
  } catch (error) {
    log.warn({ err: error, tenant, taskId: down.id }, 'a task downstream could not be told');
  }
}

async function mark(
  { store, temporal }: Deps,
  tenant: string,
  what: { up: LineageTask; down: LineageTask; marking: RunProjection[] },
): Promise<void> {
  const triggers = await marksFor(store, tenant, what);
  if (triggers.length > 0) await temporal.markTables(tenant, what.down.id, triggers);
}
