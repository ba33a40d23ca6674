/** The plan of a backfill: which instances are run, in which order, and what is done about each. */
import type { ExistingChoice, Plan, PlannedCell, PlannedMark } from './backfill';
import { IsoWriter } from './iso-times';
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
  const iso = new IsoWriter();
  const cells: PlannedCell[] = [];
  for (const place of places.order) {
    const task = taskAt(place);
    const { times, planned } = tasks[task]!;
    const at = planned[indexAt(place)]!;
    const { id } = times.task;
    const { action, reason } = decideAction(times.task, known(id, at), existing);
    const scheduleTime = iso.write(at);
    cells.push({ taskId: id, scheduleTime, action, reason, needs: needs.of(task, at) });
    if (cells.length % cellsOfSlice === 0) yield;
  }
  return { cells, marks: yield* marksBeside(tasks, marks) };
}

/** Cells that are planned at a stretch. */
const cellsOfSlice = 8;

/** A cell: its task, and the index of its time there, in one number. */
type Place = number;

/** More than the times of a task in a plan. */
const timesOfTask = 2 ** 20;

const placeAt = (task: number, index: number): Place => task * timesOfTask + index;
const taskAt = (place: Place): number => Math.floor(place / timesOfTask);
const indexAt = (place: Place): number => place % timesOfTask;

interface Places {
  /** Oldest time first, upstream before downstream. */
  order: Place[];
  /** The inverse: by task, the place of each of its cells. */
  placeOf: number[][];
}

function* placeCells(tasks: readonly PlannedTask[]): Slices<Places> {
  const lists: Place[][] = [];
  for (const [task, { planned }] of tasks.entries()) {
    lists.push(Array.from({ length: planned.length }, (_, index) => placeAt(task, index)));
    yield;
  }
  const timeOf = (place: Place): number => tasks[taskAt(place)]!.planned[indexAt(place)]!;
  const order = yield* mergeInSlices(lists, (one, other) => timeOf(one) - timeOf(other));
  const placeOf = tasks.map((): number[] => []);
  for (let cell = 0; cell < order.length; cell += 1) {
    const place = order[cell]!;
    placeOf[taskAt(place)]![indexAt(place)] = cell;
    if (cell % stepsOfSlice === 0) yield;
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
    if (upstream.length === 1) return this.within(upstream[0]!, start, at);
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
