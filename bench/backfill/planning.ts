/** How long a year of hours takes to be planned, beside one call that lists tasks. */
import type { PlanView } from '../../model/backfill';
import { makeTask } from '../ours/tasks';
import type { Stage } from '../support/stage';
import { backfillOf, makeHourlyTask } from './sides';

/** A page of the list is full with them. */
const listedTasks = 100;
const warmUpCalls = 3;

export interface Planning {
  /** Milliseconds of each call. */
  plan: number[];
  list: number[];
}

/** Calls both in turn, so many times. */
export async function measurePlanning(
  stage: Stage,
  cells: number,
  calls: number,
): Promise<Planning> {
  const { api } = stage;
  const { id } = await makeHourlyTask(stage);
  for (let made = 0; made < listedTasks; made += 1) await makeTask(api, {});
  const timed: Planning = { plan: [], list: [] };
  for (let call = 0; call < warmUpCalls + calls; call += 1) {
    const plan = await took(async () => {
      const body = { ...backfillOf(id, cells), dryRun: true };
      const { count } = await api.post<PlanView>('/backfills', body);
      if (count !== cells) throw new Error(`${count} cells were planned in place of ${cells}`);
    });
    const list = await took(() => api.get(`/tasks?pageSize=${listedTasks}`));
    if (call < warmUpCalls) continue;
    timed.plan.push(plan);
    timed.list.push(list);
  }
  return timed;
}

async function took(call: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await call();
  return performance.now() - from;
}
