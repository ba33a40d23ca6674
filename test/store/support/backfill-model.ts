/**
 * Backfills as they are meant, slowly: nothing is kept but what happened, and every question goes
 * through all of it. Plans are to be such that backfills cannot hold each other back in a circle.
 */
import type {
  BackfillStatus,
  CellEnd,
  CellState,
  ExistingChoice,
  PlannedCell,
} from '../../../model/backfill';
import { nameOf } from './plans';

export interface ModelPlan {
  id: string;
  cells: PlannedCell[];
  concurrency: number;
  existing: ExistingChoice;
}

interface Place {
  id: string;
  seq: number;
}

type Happening =
  | { kind: 'taken'; places: Place[]; by: string; step: number; ahead: boolean }
  | { kind: 'promoted'; places: Place[] }
  | { kind: 'ended'; places: Place[]; status: CellEnd['status']; runId: string | null }
  | { kind: 'cancelled' | 'dropped' | 'retried' | 'blocked'; places: Place[] }
  | { kind: 'detached'; taskId: string }
  | { kind: 'became'; id: string; status: BackfillStatus };

/** What a step is to answer; requests by `task@hour`. */
export interface ModelStep {
  status: BackfillStatus;
  waiting: number;
  running: number;
  holders: string[];
  taken: Record<string, { backfills: string[]; existing: ExistingChoice }>;
}

const bad: readonly CellState[] = ['failed', 'timedOut', 'cancelled', 'dropped', 'blocked'];
const retried: readonly CellState[] = ['failed', 'timedOut', 'cancelled', 'blocked'];
const met: readonly CellState[] = ['succeeded', 'skipped'];

export class BackfillModel {
  readonly #history: Happening[] = [];

  /** @param parallel slots of the tasks that are known */
  constructor(
    readonly plans: readonly ModelPlan[],
    readonly parallel: Record<string, number>,
  ) {}

  status(id: string): BackfillStatus {
    const became = this.#history.filter((one) => one.kind === 'became' && one.id === id).at(-1);
    return became?.kind === 'became' ? became.status : 'running';
  }

  finished(id: string): boolean {
    return !['running', 'paused', 'cancelling'].includes(this.status(id));
  }

  /** State of every cell as it is shown, by its place in the plan. */
  shown(id: string): CellState[] {
    return this.states(id).map((state, seq) =>
      state === 'running' && this.#isAhead({ id, seq }) ? 'waiting' : state,
    );
  }

  /** State of every cell, by its place in the plan. */
  states(id: string): CellState[] {
    const states: CellState[] = [];
    for (const [seq, cell] of this.#plan(id).cells.entries()) {
      const own = this.#ownState({ id, seq }, cell);
      const needs = this.#needs({ id, seq });
      const blocked = own === 'waiting' && needs.some((need) => bad.includes(states[need]!));
      states.push(blocked ? 'blocked' : own);
    }
    return states;
  }

  changeStatus(id: string, from: BackfillStatus[], to: BackfillStatus): boolean {
    if (!from.includes(this.status(id))) return false;
    this.#history.push({ kind: 'became', id, status: to });
    return true;
  }

  drop(id: string, taskId: string): void {
    const open = this.#places(id, 'waiting', 'running');
    const places = open.filter((place) => this.#cell(place).taskId === taskId);
    this.#history.push({ kind: 'dropped', places });
  }

  /** Nothing needs the task any more; what is blocked in a plan that does not go on stays so. */
  detach(taskId: string): void {
    for (const { id } of this.plans) {
      if (this.status(id) === 'running' || this.status(id) === 'paused') continue;
      this.#history.push({ kind: 'blocked', places: this.#places(id, 'blocked') });
    }
    this.#history.push({ kind: 'detached', taskId });
  }

  retry(id: string): number {
    if (this.status(id) === 'cancelling' || this.status(id) === 'succeeded') return 0;
    const before = this.#places(id, ...retried);
    this.#history.push({ kind: 'retried', places: before });
    const count = before.length - this.#places(id, ...retried).length;
    if (count > 0) this.#history.push({ kind: 'became', id, status: 'running' });
    return count;
  }

  advance(id: string, step: number, ends: { taskId: string; cells: CellEnd[] }[]): ModelStep {
    if (!this.finished(id)) {
      this.#noteEnds(id, ends);
      if (this.status(id) === 'cancelling') {
        this.#history.push({ kind: 'cancelled', places: this.#places(id, 'waiting') });
      }
      if (this.status(id) === 'running') this.#take(id, step);
      this.#close(id);
    }
    return this.#answer(id, step);
  }

  #plan(id: string): ModelPlan {
    return this.plans.find((plan) => plan.id === id)!;
  }

  /** What a cell still needs, by its place in the plan. */
  #needs({ id, seq }: Place): number[] {
    const { cells } = this.#plan(id);
    const gone = this.#history.flatMap((one) => (one.kind === 'detached' ? [one.taskId] : []));
    return cells[seq]!.needs.filter((need) => !gone.includes(cells[need]!.taskId));
  }

  #cell({ id, seq }: Place): PlannedCell {
    return this.#plan(id).cells[seq]!;
  }

  /** What happened to a cell, without what happened to those that it needs. */
  #ownState(place: Place, { action }: PlannedCell): CellState {
    let state: CellState = action === 'skip' ? 'skipped' : 'waiting';
    for (const one of this.#of(place)) {
      if (one.kind === 'promoted') continue;
      if (one.kind === 'taken') state = 'running';
      else if (one.kind === 'retried') state = 'waiting';
      else if (one.kind === 'ended') state = one.status === 'withdrawn' ? 'waiting' : one.status;
      else state = one.kind;
    }
    return state;
  }

  #of({ id, seq }: Place): Exclude<Happening, { kind: 'became' | 'detached' }>[] {
    return this.#history
      .filter((one) => one.kind !== 'became' && one.kind !== 'detached')
      .filter((one) => one.places.some((place) => place.id === id && place.seq === seq));
  }

  #places(id: string, ...wanted: CellState[]): Place[] {
    return this.states(id).flatMap((state, seq) => (wanted.includes(state) ? [{ id, seq }] : []));
  }

  #noteEnds(id: string, ends: { taskId: string; cells: CellEnd[] }[]): void {
    const running = this.#places(id, 'running');
    const told = ends.flatMap(({ taskId, cells }) => cells.map((end) => ({ taskId, ...end })));
    for (const place of running) {
      const runs = this.#of(place).flatMap((one) => (one.kind === 'ended' ? [one.runId] : []));
      const last = runs.filter((runId) => runId !== null).at(-1);
      const end = told.find(
        (one) => nameOf(one) === nameOf(this.#cell(place)) && one.runId !== last,
      );
      if (end) this.#history.push({ ...end, kind: 'ended', places: [place] });
    }
  }

  /** All cells of that instance, in running backfills, that wait. */
  #waiting(cell: PlannedCell): Place[] {
    return this.plans
      .filter(({ id }) => this.status(id) === 'running')
      .flatMap(({ id }) => this.#places(id, 'waiting'))
      .filter((place) => nameOf(this.#cell(place)) === nameOf(cell));
  }

  #hasItsNeeds(place: Place): boolean {
    const states = this.states(place.id);
    return this.#needs(place).every((need) => met.includes(states[need]!));
  }

  #isAhead(place: Place): boolean {
    const last = this.#of(place)
      .filter((one) => one.kind === 'taken' || one.kind === 'promoted')
      .at(-1);
    return last?.kind === 'taken' && last.ahead;
  }

  #oldestFirst(places: Place[]): Place[] {
    const timeOf = (place: Place) => Date.parse(this.#cell(place).scheduleTime);
    return places.toSorted((one, other) => timeOf(one) - timeOf(other) || one.seq - other.seq);
  }

  #handed(id: string, ahead: boolean): Place[] {
    const handed = this.#oldestFirst(this.#places(id, 'running'));
    return handed.filter((place) => this.#isAhead(place) === ahead);
  }

  #ready(id: string): Place[] {
    return this.#oldestFirst(this.#places(id, 'waiting')).filter((place) =>
      this.#waiting(this.#cell(place)).every((one) => this.#hasItsNeeds(one)),
    );
  }

  #take(id: string, step: number): void {
    const free = Math.max(this.#plan(id).concurrency - this.#handed(id, false).length, 0);
    const ahead = this.#handed(id, true);
    const begun = ahead.filter((place) => this.#hasBegun(place, ahead));
    const behind = ahead.filter((place) => !begun.includes(place));
    const promoted = [...begun, ...behind].slice(0, free);
    this.#history.push({ kind: 'promoted', places: promoted });
    this.#hand(this.#ready(id).slice(0, free - promoted.length), id, step, false);
    for (const taskId of Object.keys(this.parallel).toSorted()) {
      const slots = this.parallel[taskId]!;
      const ofTask = (place: Place) => this.#cell(place).taskId === taskId;
      const room = slots - this.#handed(id, true).filter(ofTask).length;
      if (room <= 0 || this.#handed(id, false).filter(ofTask).length < slots) continue;
      this.#hand(this.#ready(id).filter(ofTask).slice(0, room), id, step, true);
    }
  }

  /** Whether its task has more slots than other cells hold, those before it among them. */
  #hasBegun(place: Place, ahead: Place[]): boolean {
    const { taskId } = this.#cell(place);
    const ofTask = (one: Place) => this.#cell(one).taskId === taskId;
    const before = ahead.slice(0, ahead.indexOf(place)).filter(ofTask).length;
    return before + this.#handed(place.id, false).filter(ofTask).length < this.parallel[taskId]!;
  }

  #hand(chosen: Place[], by: string, step: number, ahead: boolean): void {
    const places = chosen.flatMap((place) => this.#waiting(this.#cell(place)));
    this.#history.push({ kind: 'taken', places, by, step, ahead });
  }

  #close(id: string): void {
    if (this.#places(id, 'waiting', 'running').length > 0) return;
    const whole = this.#places(id, ...met).length === this.#plan(id).cells.length;
    const status = whole ? 'succeeded' : 'failed';
    const cancelled = this.status(id) === 'cancelling';
    this.#history.push({ kind: 'became', id, status: cancelled ? 'cancelled' : status });
  }

  #answer(id: string, step: number): ModelStep {
    const running = this.#places(id, 'running');
    const mine = running.filter((place) => this.#isTakenBy(place, id, step));
    const requests = mine.map((place) => [nameOf(this.#cell(place)), this.#request(place, step)]);
    return {
      status: this.status(id),
      waiting: this.#places(id, 'waiting').length,
      running: running.length,
      holders: [...new Set(running.map((place) => this.#cell(place).taskId))].toSorted(),
      taken: Object.fromEntries(requests) as ModelStep['taken'],
    };
  }

  #isTakenBy(place: Place, by: string, step: number): boolean {
    const taken = this.#of(place)
      .filter((one) => one.kind === 'taken')
      .at(-1);
    return taken?.by === by && taken.step === step;
  }

  #request(place: Place, step: number): ModelStep['taken'][string] {
    const together = this.plans
      .flatMap(({ id }) => this.#places(id, 'running'))
      .filter((one) => nameOf(this.#cell(one)) === nameOf(this.#cell(place)))
      .filter((one) => this.#isTakenBy(one, place.id, step));
    const choices = together.map(({ id }) => this.#plan(id).existing);
    const existing = (['rerun', 'failed', 'skip'] as const).find((one) => choices.includes(one))!;
    return { backfills: together.map(({ id }) => id).toSorted(), existing };
  }
}
