/** Records that a due time may still ask for, however old they are (rule 9). */
import { Context } from '@temporalio/activity';
import { isUpstream, type LineageTask } from '../model/lineage';
import { intervalStart, needsOf } from '../model/needs';
import { taskTimes } from '../model/task-times';
import type { NeededRecords, Store } from '../store/store';

type Deps = Pick<Store, 'tasks'>;

/** How many tasks are read at once. */
const pageSize = 500;

/**
 * The instances of upstream tasks that open due times wait for, or that the next ones will: a
 * monthly task asks how all days of its month have ended.
 * @param now ms
 */
export async function neededRecords({ tasks }: Deps, now: number): Promise<NeededRecords[]> {
  const needed = new Map<string, NeededRecords>();
  let after: { tenant: string; id: string } | null = null;
  for (;;) {
    const page: { tenant: string; task: LineageTask }[] = await tasks.recurring(after, pageSize);
    for (const { tenant, task } of page) {
      Context.current().heartbeat();
      for (const found of await neededBy({ tasks }, tenant, task, now)) {
        const key = `${tenant}/${found.taskId}`;
        const known = needed.get(key);
        if (!known || found.since < known.since) needed.set(key, found);
      }
    }
    const last = page.at(-1);
    if (!last || page.length < pageSize) return [...needed.values()];
    after = { tenant: last.tenant, id: last.task.id };
  }
}

async function neededBy(
  { tasks }: Deps,
  tenant: string,
  task: LineageTask,
  now: number,
): Promise<NeededRecords[]> {
  const { dependsOn, reads, lists } = task;
  const candidates = await tasks.upstreamOf(tenant, {
    dependsOn,
    reads: [...new Set([...reads, ...lists])],
  });
  const upstream = candidates.filter((up) => isUpstream(up, task));
  if (upstream.length === 0) return [];
  const down = taskTimes(task);
  const view = await tasks.find(tenant, task.id);
  const open = (view?.gate?.dated ?? []).map((gate) => Date.parse(gate.scheduleTime));
  const due = down.calendar?.previous(now) ?? down.calendar?.next(now) ?? now;
  // What comes later needs nothing that is older.
  const oldest = Math.min(due, ...open);
  return upstream.map((up) => {
    const [first = intervalStart(down, oldest) + 1] = needsOf(down, oldest, taskTimes(up));
    return { tenant, taskId: up.id, since: new Date(first).toISOString() };
  });
}
