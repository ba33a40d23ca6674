/**
 * Rules 2 and 4 to 14 under random interleavings: due times, what they wait for, cells, edits,
 * pauses, lost messages and roll-overs at every point. What begins and what is skipped with each
 * step is in `time-outcomes.property.test.ts`.
 */
import fc from 'fast-check';
import { liveRuns, type LiveRun, type TaskState } from '../../model/task-state';
import { TimeDrive } from '../support/workflows/time-drive';
import { timeSteps, type TimeStep } from '../support/workflows/time-steps';

/** What holds after every step. */
class Checks {
  private before: TaskState;
  private closingBefore = false;

  constructor(private readonly drive: TimeDrive) {
    this.before = structuredClone(drive.state);
  }

  after(): void {
    this.checkBegun();
    this.checkLiveRuns();
    this.checkNothingStuck();
    this.checkLists();
    this.checkTicks();
    this.checkAttempts();
    this.payEnds();
    this.before = structuredClone(this.drive.state);
    this.closingBefore = this.drive.machine.closing;
    expect(JSON.parse(JSON.stringify(this.before))).toEqual(this.before);
  }

  private get state(): TaskState {
    return this.drive.state;
  }

  private begun(): LiveRun[] {
    const before = new Set(liveRuns(this.before).map(({ runId }) => runId));
    return liveRuns(this.state).filter(({ runId }) => !before.has(runId));
  }

  private checkBegun(): void {
    const { live, cellRuns, definition, paused, removed } = this.state;
    for (const run of this.begun()) {
      expect(removed).toBeNull();
      if (this.closingBefore && this.drive.machine.closing) expect(run.startedBy).toBe('manual');
      if (run.startedBy === 'triggers' || run.startedBy === 'schedule') expect(paused).toBe(false);
      if (run.startedBy === 'backfill') {
        expect(cellRuns.length + (live ? 1 : 0)).toBeLessThanOrEqual(
          definition.runPolicy.maxParallel,
        );
      }
      this.checkRerunMode(run);
    }
  }

  private checkRerunMode({ scheduleTime, attempt, runId }: LiveRun): void {
    if (scheduleTime === null || attempt === 1) return;
    const { rerunMode } = this.state.definition.runPolicy;
    expect(rerunMode).not.toBe('AllDenied');
    const earlier = this.drive.book
      .of(scheduleTime)
      .find((record) => record.attempt === attempt - 1 && record.id !== runId);
    if (rerunMode === 'FailureAllowed') expect(earlier?.status).not.toBe('succeeded');
  }

  private checkLiveRuns(): void {
    const times = liveRuns(this.state).flatMap(({ scheduleTime }) => scheduleTime ?? []);
    expect(times).toEqual([...new Set(times)]);
    if (this.state.removed) {
      for (const run of liveRuns(this.state)) expect(run.cancelReason).not.toBeNull();
    }
  }

  /** Whatever may begin has begun. */
  private checkNothingStuck(): void {
    const { state, drive } = this;
    const { live, cellRuns, paused, removed, definition } = state;
    if (removed || drive.machine.closing) return;
    const isLive = (time: string): boolean =>
      liveRuns(state).some((run) => run.scheduleTime === time);
    const full = state.dated.filter((gate) => gate.fullSince !== null);
    if (!live && !paused) {
      expect(state.round.fullSince).toBeNull();
      const stuck = full.filter(
        (gate) =>
          !isLive(gate.scheduleTime) &&
          !gate.ask &&
          !drive.underQuestion().includes(gate.scheduleTime),
      );
      expect(stuck).toEqual([]);
    }
    if (cellRuns.length + (live ? 1 : 0) >= definition.runPolicy.maxParallel) return;
    const served = full.flatMap((gate) => (gate.upstream || paused ? [] : gate.scheduleTime));
    const stuck = state.cells.filter(
      ({ scheduleTime }) => !isLive(scheduleTime) && !served.includes(scheduleTime),
    );
    expect(stuck).toEqual([]);
  }

  private checkLists(): void {
    const { dated, cells } = this.state;
    for (const list of [dated, cells]) {
      const times = list.map(({ scheduleTime }) => scheduleTime);
      expect(times).toEqual([...new Set(times)].sort());
    }
    for (const { backfills } of [...cells, ...this.state.cellRuns]) {
      expect(backfills.length).toBeGreaterThan(0);
      expect(new Set(backfills).size).toBe(backfills.length);
    }
  }

  /** Every due time that was taken has an open gate, or a record; and never two of its own. */
  private checkTicks(): void {
    const { book, ticked, state } = this.drive;
    for (const time of ticked) {
      const records = book.of(time);
      const isOpen = state.dated.some((gate) => gate.scheduleTime === time && gate.upstream);
      if (!isOpen) expect(records.length).toBeGreaterThan(0);
      const own = records.filter(({ startedBy }) => startedBy === 'schedule');
      expect(own.length).toBeLessThanOrEqual(1);
      const blocked = records.filter(({ status }) => status === 'blocked');
      expect(blocked.length).toBeLessThanOrEqual(isOpen ? 1 : 0);
    }
  }

  private checkAttempts(): void {
    const counts = new Map<string, number[]>();
    for (const { scheduleTime, attempt } of this.drive.book.all()) {
      if (scheduleTime === null || attempt === 0) continue;
      counts.set(scheduleTime, [...(counts.get(scheduleTime) ?? []), attempt]);
    }
    for (const attempts of counts.values()) {
      expect(attempts.toSorted((one, other) => one - other)).toEqual(
        attempts.map((_, index) => index + 1),
      );
    }
  }

  /** Each end was owed, and says what the record says. */
  private payEnds(): void {
    const { told, owed, book } = this.drive;
    for (const { backfill, end } of told.splice(0)) {
      expect(owed.delete(`${backfill} ${end.scheduleTime}`)).toBe(true);
      if (end.status === 'dropped') expect(this.state.removed).not.toBeNull();
      const record = end.runId === null ? null : book.find(end.runId);
      const isOfRun = !['skipped', 'dropped', 'withdrawn'].includes(end.status) || record !== null;
      if (isOfRun) expect(record).toMatchObject({ status: end.status });
    }
  }

  atEnd(): void {
    const { state, book, owed } = this.drive;
    expect(liveRuns(state)).toEqual([]);
    expect(state.cells).toEqual([]);
    expect([...owed]).toEqual([]);
    expect(state.dated.filter((gate) => gate.upstream)).toEqual([]);
    if (state.removed) expect(state.dated).toEqual([]);
    for (const { status } of book.all()) {
      expect(['queued', 'running', 'blocked']).not.toContain(status);
    }
    const runs = book.all().filter(({ attempt }) => attempt > 0);
    expect(runs).toHaveLength(state.runCount);
  }
}

function run(drive: TimeDrive, steps: TimeStep[]): void {
  const checks = new Checks(drive);
  for (const step of steps) {
    drive.take(step);
    checks.after();
  }
  drive.finish();
  checks.after();
  checks.atEnd();
}

it('a recurring task: one busy run, one run of an instance, every cell answered, nothing stuck', () => {
  fc.assert(
    fc.property(timeSteps, (steps) => run(new TimeDrive(), steps)),
    { numRuns: 250 },
  );
});

it('a triggered task: the same', () => {
  fc.assert(
    fc.property(timeSteps, (steps) =>
      run(new TimeDrive({ kind: 'triggered', whileRunning: 'latch' }), steps),
    ),
    { numRuns: 150 },
  );
});
