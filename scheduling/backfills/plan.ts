/** Plans of backfills, with what the store knows of the instances in them. */
import type { ExistingChoice, Plan } from '../../model/backfill';
import { makePlan } from '../../model/plan';
import { planTimes, type PlannedTask } from '../../model/plan-times';
import { knownByTime, type KnownByTime } from '../../store/known-by-time';
import type { KnownInstance, Store } from '../../store/store';
import type { SchedulingDeps } from '../deps';
import { inSlices } from '../in-slices';
import { inTurns } from '../in-turns';
import type { LineageIndex } from '../lineage-index';
import type { BackfillRoots } from './roots';
import { TaskTimesLoader, type TimeRange } from './task-times-loader';

export interface PlanRequest extends BackfillRoots {
  downstream: 'none' | 'matching';
  existing: ExistingChoice;
}

type Deps = Pick<SchedulingDeps, 'store' | 'gateway' | 'log'>;

/**
 * Plans what is to be run, and in which order. Its times come first: they tell which instances have
 * to be looked up before it is decided what becomes of each.
 * @throws TablegateError invalidInput for more cells than a plan may have
 */
export async function planBackfill(
  deps: Deps,
  tenant: string,
  index: LineageIndex,
  { roots, marks, downstream, existing }: PlanRequest,
): Promise<Plan> {
  const now = Date.now();
  const range = rangeOf(roots, now);
  if (range === null) return { cells: [], marks };
  const first = roots.flatMap(({ taskId }) => index.find(taskId) ?? []);
  const all = downstream === 'matching' ? index.closure(first) : first;
  const tasks = await new TaskTimesLoader(deps, tenant).load(all, range);
  const planned = await inSlices(planTimes({ roots, tasks, downstream, now }));
  const known = await lookUp(deps.store, tenant, planned);
  return inSlices(makePlan(planned, { marks, existing, known }));
}

/** From the first root to the last, or to now: what comes after a root is not before it. */
function rangeOf(roots: BackfillRoots['roots'], now: number): TimeRange | null {
  let from = Infinity;
  let to = now;
  for (const { times } of roots) {
    from = Math.min(from, times[0] ?? Infinity);
    to = Math.max(to, times.at(-1) ?? -Infinity);
  }
  return from === Infinity ? null : { from, to };
}

async function lookUp(
  store: Pick<Store, 'runs'>,
  tenant: string,
  tasks: readonly PlannedTask[],
): Promise<(taskId: string, at: number) => KnownInstance | null> {
  const found = new Map<string, KnownByTime>();
  await inTurns(tasks, async (task) => {
    const { id } = task.times.task;
    found.set(id, await knownByTime(store, tenant, id, namedOrRange(task)));
  });
  return (taskId, at) => found.get(taskId)?.get(at) ?? null;
}

/** Fewer times than this are looked up one by one, wherever they lie. */
const fewTimes = 100;

/** A range is far quicker to look up, unless the task has many more times in it. */
function namedOrRange({ times: { calendar }, planned }: PlannedTask) {
  const [from, to] = [planned[0]!, planned.at(-1)!];
  const most = 2 * planned.length;
  const isDense =
    planned.length > fewTimes &&
    calendar !== null &&
    calendar.between(from, to, most).length < most;
  return isDense ? { from, to } : planned;
}
