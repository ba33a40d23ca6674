/** Records that a due time may still ask for, however old they are (rule 9). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { LineageTask } from '../model/lineage';
import { intervalStart, needsOf } from '../model/needs';
import { linkTasks } from '../model/task-graph';
import { taskTimes } from '../model/task-times';
import type { NeededRecords, RecurringTask, Store } from '../store/store';
import { recurringPages } from './recurring-pages';

type Deps = Pick<Store, 'tasks'>;

/**
 * The instances of upstream tasks that open due times wait for, or that the next ones will: a
 * monthly task asks how all days of its month have ended.
 * @param now ms
 */
export async function neededRecords({ tasks }: Deps, now: number): Promise<NeededRecords[]> {
  const needed = new Map<string, NeededRecords>();
  for await (const page of recurringPages(tasks)) {
    for (const tenant of new Set(page.map((one) => one.tenant))) {
      const ofTenant = page.filter((one) => one.tenant === tenant);
      const upstream = await upstreamOf({ tasks }, tenant, ofTenant);
      for (const one of ofTenant) {
        Context.current().heartbeat();
        await nextTurn();
        for (const found of neededBy(one, upstream.get(one.task.id) ?? [], now)) {
          const key = `${tenant}/${found.taskId}`;
          const known = needed.get(key);
          if (!known || found.since < known.since) needed.set(key, found);
        }
      }
    }
  }
  return [...needed.values()];
}

/** By task of a tenant, those that come right before it, by one question for all. */
async function upstreamOf(
  { tasks }: Deps,
  tenant: string,
  recurring: readonly RecurringTask[],
): Promise<Map<string, LineageTask[]>> {
  const downs = recurring.map(({ task }) => task);
  const ups = await tasks.upstreamOf(tenant, {
    dependsOn: [...new Set(downs.flatMap(({ dependsOn }) => dependsOn))],
    reads: [...new Set(downs.flatMap(({ reads, lists }) => [...reads, ...lists]))],
  });
  const links = linkTasks([...new Map([...downs, ...ups].map((task) => [task.id, task])).values()]);
  const upstream = new Map(downs.map(({ id }): [string, LineageTask[]] => [id, []]));
  for (const up of ups) for (const { id } of links.get(up.id) ?? []) upstream.get(id)?.push(up);
  return upstream;
}

function neededBy(
  { tenant, task, openTimes }: RecurringTask,
  upstream: readonly LineageTask[],
  now: number,
): NeededRecords[] {
  if (upstream.length === 0) return [];
  const down = taskTimes(task);
  const due = down.calendar?.previous(now) ?? down.calendar?.next(now) ?? now;
  // What comes later needs nothing that is older.
  const oldest = Math.min(due, ...openTimes.map((time) => Date.parse(time)));
  return upstream.map((up) => {
    const [first = intervalStart(down, oldest) + 1] = needsOf(down, oldest, taskTimes(up));
    return { tenant, taskId: up.id, since: new Date(first).toISOString() };
  });
}
