/** Drives a backfill over a fleet, as the store and the workflow do: plain, all in one place. */
import type { CellState, ExistingChoice, Plan, PlannedCell } from '../../../model/backfill';
import type { Fleet } from './fleet';

const met: readonly CellState[] = ['succeeded', 'skipped'];
const retried: readonly CellState[] = ['failed', 'timedOut', 'cancelled', 'blocked'];

export class NaiveDriver {
  readonly states: CellState[];

  constructor(
    private readonly fleet: Fleet,
    readonly id: string,
    private readonly plan: Plan,
    private readonly existing: ExistingChoice,
  ) {
    this.states = plan.cells.map(({ action }) => (action === 'skip' ? 'skipped' : 'waiting'));
  }

  /** Places of cells that may be handed out now. */
  ready(): number[] {
    return this.plan.cells.flatMap((cell, place) =>
      this.states[place] === 'waiting' && this.needsOf(cell).every((state) => met.includes(state))
        ? [place]
        : [],
    );
  }

  handOut(place: number): void {
    const { taskId, scheduleTime } = this.plan.cells[place]!;
    this.states[place] = 'running';
    const known = this.fleet.book(taskId).known(scheduleTime);
    const { attempts, status } = known ?? { attempts: 0, status: null };
    const { existing, id } = this;
    this.fleet.act(taskId, (machine) =>
      machine.request(scheduleTime, { existing, backfills: [id], attempts, status }),
    );
  }

  /** Tasks with ends that the backfill has not heard of. */
  untold(): string[] {
    const ids = new Set(this.plan.cells.map(({ taskId }) => taskId));
    return [...ids].filter((id) =>
      this.fleet.machine(id).state.reports.some(({ backfill }) => backfill === this.id),
    );
  }

  hear(taskId: string): void {
    for (const end of this.fleet.machine(taskId).ends(this.id)) {
      const place = this.plan.cells.findIndex(
        (cell) => cell.taskId === taskId && cell.scheduleTime === end.scheduleTime,
      );
      this.states[place] = end.status === 'withdrawn' ? 'waiting' : end.status;
      if (!met.includes(this.states[place]!) && end.status !== 'withdrawn') this.block();
    }
  }

  /** What needs something that will not come is blocked, and what needs that. */
  private block(): void {
    for (const [place, cell] of this.plan.cells.entries()) {
      const isBad = this.needsOf(cell).some((state) => retried.includes(state));
      if (this.states[place] === 'waiting' && isBad) this.states[place] = 'blocked';
    }
  }

  retry(): void {
    this.states.forEach((state, place) => {
      if (retried.includes(state)) this.states[place] = 'waiting';
    });
  }

  private needsOf(cell: PlannedCell): CellState[] {
    return cell.needs.map((need) => this.states[need]!);
  }
}
