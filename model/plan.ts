/** The plan of a backfill: which instances are run, in which order, and what is done about each. */
import type { ExistingChoice, Plan, PlannedCell, PlannedMark } from './backfill';
import { intervalStart } from './needs';
import { decideAction } from './plan-actions';
import type { PlannedTask } from './plan-times';
import type { InstanceStand } from './rerun-mode';
import { mergeInSlices, stepsOfSlice, type Slices } from './slices';
import { firstFrom, positionOf } from './sorted-times';
import { linkTasks } from './task-graph';
import { latestTime } from './task-times';

export interface PlanDetails {
  /** Tables to be marked where a triggered task has no instance; dropped where it has a cell. */
  marks: readonly PlannedMark[];
  existing: ExistingChoice;
  /** How an instance stands; null where there is none. */
  known(taskId: string, at: number): InstanceStand | null;
}

/**
 * Makes the plan. Each (task, time) is in it once. A cell waits for what it needs by rule 9 within
 * the plan, also where it was before the task upstream existed, and among the roots too.
 * @param tasks as `planTimes` has them
 */
export function* makePlan(
  tasks: readonly PlannedTask[],
  { marks, existing, known }: PlanDetails,
): Slices<Plan> {
  const places = yield* placeCells(tasks);
  const needs = new CellNeeds(tasks, places);
  const cells: PlannedCell[] = [];
  for (const [task, index] of places.order) {
    const { times, planned } = tasks[task]!;
    const at = planned[index]!;
    cells.push({
      taskId: times.task.id,
      scheduleTime: new Date(at).toISOString(),
      ...decideAction(times.task, known(times.task.id, at), existing),
      needs: needs.of(task, at),
    });
    yield;
  }
  return { cells, marks: yield* marksBeside(tasks, marks) };
}

/** A cell: its task, and the index of its time there. */
type Place = [task: number, index: number];

interface Places {
  /** Oldest time first, upstream before downstream. */
  order: Place[];
  /** The inverse: by task, the place of each of its cells. */
  placeOf: number[][];
}

function* placeCells(tasks: readonly PlannedTask[]): Slices<Places> {
  const lists: Place[][] = [];
  for (const [task, { planned }] of tasks.entries()) {
    lists.push(Array.from(planned.keys(), (index): Place => [task, index]));
    yield;
  }
  const timeOf = ([task, index]: Place): number => tasks[task]!.planned[index]!;
  const order = yield* mergeInSlices(lists, (one, other) => timeOf(one) - timeOf(other));
  const placeOf = tasks.map((): number[] => []);
  for (const [place, [task, index]] of order.entries()) {
    placeOf[task]![index] = place;
    if (place % stepsOfSlice === 0) yield;
  }
  return { order, placeOf };
}

/** Which cells a cell waits for. */
class CellNeeds {
  private readonly upstream: readonly number[][];

  constructor(
    private readonly tasks: readonly PlannedTask[],
    private readonly places: Places,
  ) {
    this.upstream = upstreamPlaces(tasks);
  }

  /** @returns places of cells, ascending */
  of(task: number, at: number): number[] {
    const down = this.tasks[task]!.times;
    const upstream = this.upstream[task]!;
    if (upstream.length === 0) return [];
    const start = intervalStart(down, at);
    const places = upstream.flatMap((up) => this.within(up, start, at));
    return places.sort((one, other) => one - other);
  }

  /** As `matchingTimes`, of those in the plan only. */
  private within(up: number, start: number, at: number): number[] {
    const { times, planned } = this.tasks[up]!;
    const placeOf = this.places.placeOf[up]!;
    const first = firstFrom(planned, start + 1);
    const end = firstFrom(planned, at + 1);
    if (first < end) return placeOf.slice(first, end);
    const latest = latestTime(times, at);
    const index = latest === null ? -1 : positionOf(planned, latest);
    return index === -1 ? [] : [placeOf[index]!];
  }
}

/** For each task the places of those that it comes after, of the plan and before it in its order. */
function upstreamPlaces(tasks: readonly PlannedTask[]): number[][] {
  const lineage = tasks.map(({ times }) => times.task);
  const places = new Map(lineage.map((task, place) => [task.id, place]));
  const upstream = lineage.map((): number[] => []);
  for (const [id, after] of linkTasks(lineage)) {
    const up = places.get(id)!;
    for (const down of after.map((task) => places.get(task.id)!)) {
      if (up < down) upstream[down]!.push(up);
    }
  }
  return upstream;
}

function* marksBeside(
  tasks: readonly PlannedTask[],
  marks: readonly PlannedMark[],
): Slices<PlannedMark[]> {
  const planned = new Map(tasks.map((task) => [task.times.task.id, task.planned]));
  const isCell = ({ taskId, scheduleTime }: PlannedMark): boolean =>
    positionOf(planned.get(taskId) ?? [], Date.parse(scheduleTime)) !== -1;
  const byKey = new Map<string, PlannedMark>();
  for (const mark of marks) {
    const key = JSON.stringify([mark.taskId, mark.table, mark.scheduleTime]);
    if (!isCell(mark)) byKey.set(key, mark);
    yield;
  }
  return [...byKey.values()];
}
