/** Plans of backfills, with what the store knows of the instances in them. */
import type { ExistingChoice, Plan, PlannedCell } from '../model/backfill';
import { makePlan } from '../model/plan';
import type { KnownInstance } from '../store/store';
import type { BackfillRoots } from './backfill-roots';
import type { SchedulingDeps } from './deps';
import type { LineageIndex } from './lineage-index';
import { inTurns, TaskTimesLoader, type TimeRange } from './task-times-loader';

export interface PlanRequest extends BackfillRoots {
  downstream: 'none' | 'matching';
  existing: ExistingChoice;
}

type Deps = Pick<SchedulingDeps, 'store' | 'gateway' | 'log'>;

/**
 * Plans what is to be run, and in which order. It is planned twice: only the first plan tells which
 * instances have to be looked up, and the second says what becomes of each.
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
  const request = { roots, marks, tasks, downstream, existing, now };
  const { cells } = makePlan({ ...request, known: () => null });
  return makePlan({ ...request, known: await lookUp(deps, tenant, cells) });
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
  { store }: Deps,
  tenant: string,
  cells: readonly PlannedCell[],
): Promise<(taskId: string, at: number) => KnownInstance | null> {
  const times = new Map<string, string[]>();
  for (const { taskId, scheduleTime } of cells) {
    const known = times.get(taskId);
    if (known) known.push(scheduleTime);
    else times.set(taskId, [scheduleTime]);
  }
  const found = new Map<string, Map<number, KnownInstance>>();
  await inTurns([...times], async ([taskId, named]) => {
    const known = await store.runs.knownInstances(tenant, taskId, named);
    const byTime = known.map((one) => [Date.parse(one.scheduleTime), one] as const);
    found.set(taskId, new Map(byTime));
  });
  return (taskId, at) => found.get(taskId)?.get(at) ?? null;
}
