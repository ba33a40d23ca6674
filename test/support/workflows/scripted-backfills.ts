/** Backfills in memory, for drivers: they take steps as the store does (`BackfillStore`). */
import type { Activities } from '../../../activities/activities';
import type {
  BackfillStatus,
  BackfillStep,
  CellEnd,
  CellRequest,
  CellState,
} from '../../../model/backfill';
import type { World } from './world';

type StepInput = Parameters<Activities['advanceBackfill']>[0];

export interface ScriptedCell {
  taskId: string;
  scheduleTime: string;
  /** Indexes of the cells that it waits for. */
  needs: number[];
  state: CellState;
  takenStep: number;
  takenAt: string;
  runId: string | null;
}

export interface ScriptedBackfill {
  id: string;
  status: BackfillStatus;
  concurrency: number;
  cells: ScriptedCell[];
  /** Every step that was taken. */
  steps: StepInput[];
}

const met: readonly CellState[] = ['succeeded', 'skipped'];
const failed: readonly CellState[] = ['failed', 'timedOut', 'cancelled', 'dropped', 'blocked'];

export class ScriptedBackfills {
  private readonly known = new Map<string, ScriptedBackfill>();
  /** Hands out at every step what runs, as is done from time to time with what runs for long. */
  handsOutAgain = false;

  constructor(private readonly world: World) {
    world.backfillStep = async (input) => this.advance(input);
    world.backfillDrop = async ({ id, taskId }) => this.drop(id, taskId);
  }

  /** Saves a plan; `needs` are indexes in the list. */
  create(
    id: string,
    plan: { taskId: string; scheduleTime: string; needs?: number[] }[],
    concurrency = 16,
  ): ScriptedBackfill {
    const cells = plan.map((cell): ScriptedCell => ({
      ...{ needs: [], state: 'waiting', takenStep: -1, takenAt: '', runId: null },
      ...cell,
    }));
    const backfill = { id, status: 'running' as const, concurrency, cells, steps: [] };
    this.known.set(id, backfill);
    return backfill;
  }

  /** Failed, cancelled and blocked cells wait again. */
  retry({ id }: ScriptedBackfill): void {
    const backfill = this.known.get(id)!;
    const retried: readonly CellState[] = ['failed', 'timedOut', 'cancelled', 'blocked'];
    for (const cell of backfill.cells) if (retried.includes(cell.state)) cell.state = 'waiting';
    backfill.status = 'running';
  }

  private advance(step: StepInput): BackfillStep {
    const backfill = this.known.get(step.id)!;
    backfill.steps.push(step);
    for (const { taskId, cells } of step.ends) {
      for (const end of cells) noteEnd(backfill, taskId, end);
    }
    if (step.reconcile) this.reconcile(backfill, step.number);
    if (this.handsOutAgain) {
      for (const cell of inState(backfill, 'running')) cell.takenStep = step.number;
    }
    block(backfill);
    if (backfill.status === 'cancelling') {
      for (const cell of inState(backfill, 'waiting')) cell.state = 'cancelled';
    }
    if (backfill.status === 'running') this.take(backfill, step.number);
    const [waiting, running] = [inState(backfill, 'waiting'), inState(backfill, 'running')];
    if (waiting.length + running.length === 0) close(backfill);
    this.world.changed();
    return {
      status: backfill.status,
      waiting: waiting.length,
      running: running.length,
      taken: this.takenBy(backfill, step.number),
      holders: [...new Set(running.map(({ taskId }) => taskId))],
    };
  }

  /** Ends what the records say has ended; the rest is handed out once more. */
  private reconcile(backfill: ScriptedBackfill, number: number): void {
    for (const cell of inState(backfill, 'running')) {
      const run = [...this.world.runs.values()].find(
        ({ taskId, scheduleTime, queuedAt, finishedAt }) =>
          taskId === cell.taskId &&
          scheduleTime === cell.scheduleTime &&
          queuedAt >= cell.takenAt &&
          finishedAt !== null,
      );
      if (!run) cell.takenStep = number;
      else Object.assign(cell, { state: run.status, runId: run.id });
    }
  }

  private take(backfill: ScriptedBackfill, number: number): void {
    const { cells, concurrency } = backfill;
    const isReady = ({ state, needs }: ScriptedCell): boolean =>
      state === 'waiting' && needs.every((index) => met.includes(cells[index]!.state));
    const most = concurrency - inState(backfill, 'running').length;
    for (const cell of cells.filter(isReady).slice(0, Math.max(0, most))) {
      for (const same of this.sameInstance(cell, 'waiting')) {
        const takenAt = new Date().toISOString();
        Object.assign(same.cell, { state: 'running', takenStep: number, takenAt });
      }
    }
  }

  private sameInstance(one: ScriptedCell, state: CellState) {
    const live = [...this.known.values()].filter(({ status }) => status === 'running');
    return live.flatMap(({ id, cells }) =>
      cells
        .filter((cell) => cell.taskId === one.taskId && cell.scheduleTime === one.scheduleTime)
        .filter((cell) => cell.state === state)
        .map((cell) => ({ id, cell })),
    );
  }

  private takenBy(backfill: ScriptedBackfill, number: number): BackfillStep['taken'] {
    const byTask = new Map<string, CellRequest[]>();
    for (const cell of inState(backfill, 'running')) {
      if (cell.takenStep !== number) continue;
      byTask.set(cell.taskId, [...(byTask.get(cell.taskId) ?? []), this.requestOf(cell)]);
    }
    return [...byTask].map(([taskId, cells]) => ({ taskId, cells }));
  }

  private requestOf(cell: ScriptedCell): CellRequest {
    const { taskId, scheduleTime } = cell;
    const backfills = this.sameInstance(cell, 'running').map(({ id }) => id);
    const records = [...this.world.runs.values()].filter(
      (run) => run.taskId === taskId && run.scheduleTime === scheduleTime,
    );
    const latest = records.toSorted((a, b) => b.attempt - a.attempt)[0];
    const { attempt: attempts = 0, status = null } = latest ?? {};
    return { scheduleTime, backfills, existing: 'rerun', attempts, status, by: 'somebody' };
  }

  private drop(id: string, taskId: string): void {
    const backfill = this.known.get(id)!;
    for (const cell of [...inState(backfill, 'waiting'), ...inState(backfill, 'running')]) {
      if (cell.taskId === taskId) cell.state = 'dropped';
    }
    this.world.changed();
  }
}

function inState({ cells }: ScriptedBackfill, state: CellState): ScriptedCell[] {
  return cells.filter((cell) => cell.state === state);
}

function noteEnd(backfill: ScriptedBackfill, taskId: string, end: CellEnd): void {
  const cell = inState(backfill, 'running').find(
    (one) => one.taskId === taskId && one.scheduleTime === end.scheduleTime,
  );
  if (!cell) return;
  cell.state = end.status === 'withdrawn' ? 'waiting' : end.status;
  cell.runId = end.runId ?? cell.runId;
}

function block(backfill: ScriptedBackfill): void {
  const { cells } = backfill;
  const isStuck = ({ needs }: ScriptedCell): boolean =>
    needs.some((index) => failed.includes(cells[index]!.state));
  for (let stuck = inState(backfill, 'waiting').find(isStuck); stuck;) {
    stuck.state = 'blocked';
    stuck = inState(backfill, 'waiting').find(isStuck);
  }
}

function close(backfill: ScriptedBackfill): void {
  if (backfill.status === 'cancelling') backfill.status = 'cancelled';
  else if (backfill.status === 'running' || backfill.status === 'paused') {
    const isMet = backfill.cells.every(({ state }) => met.includes(state));
    backfill.status = isMet ? 'succeeded' : 'failed';
  }
}
