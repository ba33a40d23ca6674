/**
 * Rules 2 and 4 to 14 under random interleavings: due times, what they wait for, cells, edits,
 * pauses, lost messages and roll-overs at every point. What begins and what is skipped with each
 * step is in `time-outcomes.property.test.ts`.
 */
import fc from 'fast-check';
import { liveRuns, type LiveRun, type TaskState } from '../../model/task-state';
import { TimeDrive } from '../support/workflows/time-drive';
import { timeSteps, upstreamStatus, type TimeStep } from '../support/workflows/time-steps';

/** What holds after every step; what does not is said in words. */
class Checks {
  private liveBefore = new Set<string>();
  private closingBefore = false;
  private gatesBefore: string[] = [];
  private readonly faults: string[] = [];

  constructor(private readonly drive: TimeDrive) {}

  after(step: TimeStep | null = null): void {
    this.checkBegun();
    if (step?.kind === 'pass') this.checkExpired();
    this.checkLiveRuns();
    this.checkGatesStuck();
    this.checkCellsStuck();
    this.checkLists();
    this.checkTicks();
    this.checkAttempts();
    this.checkTold();
    this.liveBefore = new Set(liveRuns(this.state).map(({ runId }) => runId));
    this.closingBefore = this.drive.machine.closing;
    this.gatesBefore = this.state.dated.map(({ scheduleTime }) => scheduleTime);
    expect(this.faults).toEqual([]);
  }

  atEnd(): void {
    const { state, book, owed } = this.drive;
    expect(liveRuns(state)).toEqual([]);
    expect(state.cells).toEqual([]);
    expect([...owed]).toEqual([]);
    expect(state.dated.filter((gate) => gate.upstream || state.removed)).toEqual([]);
    const open = book.all().filter(({ finishedAt }) => finishedAt === null);
    expect(open).toEqual([]);
    expect(book.all().filter(({ attempt }) => attempt > 0)).toHaveLength(state.runCount);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  }

  private get state(): TaskState {
    return this.drive.state;
  }

  private hold(isRight: boolean, fault: string): void {
    if (!isRight) this.faults.push(fault);
  }

  private checkBegun(): void {
    const { live, cellRuns, definition, paused, removed } = this.state;
    const isClosing = this.closingBefore && this.drive.machine.closing;
    for (const run of liveRuns(this.state)) {
      if (this.liveBefore.has(run.runId)) continue;
      const { startedBy } = run;
      this.hold(removed === null, 'a removed task has begun a run');
      this.hold(!isClosing || startedBy === 'manual', 'a run has begun while the history closes');
      const isOfGate = startedBy === 'triggers' || startedBy === 'schedule';
      this.hold(!isOfGate || !paused, 'a gate has begun a run while paused');
      const held = cellRuns.length + (live ? 1 : 0);
      const hadSlot = startedBy !== 'backfill' || held <= definition.runPolicy.maxParallel;
      this.hold(hadSlot, 'a cell has begun without a slot');
      this.checkRerunMode(run);
    }
  }

  private checkRerunMode({ scheduleTime, attempt }: LiveRun): void {
    if (scheduleTime === null || attempt === 1) return;
    const { rerunMode } = this.state.definition.runPolicy;
    const earlier = this.drive.book
      .of(scheduleTime)
      .find((record) => record.attempt === attempt - 1);
    const isDenied =
      rerunMode === 'AllDenied' ||
      (rerunMode === 'FailureAllowed' && earlier?.status === 'succeeded');
    this.hold(!isDenied, `${scheduleTime} was run again against its run policy`);
  }

  private checkLiveRuns(): void {
    const runs = liveRuns(this.state);
    const times = runs.flatMap(({ scheduleTime }) => scheduleTime ?? []);
    this.hold(new Set(times).size === times.length, 'an instance has two live runs');
    const isLeft = this.state.removed !== null && runs.some((run) => run.cancelReason === null);
    this.hold(!isLeft, 'a run of a removed task goes on');
  }

  /** Time alone drops no gate without a trace. */
  private checkExpired(): void {
    const open = new Set(this.state.dated.map(({ scheduleTime }) => scheduleTime));
    for (const time of this.gatesBefore.filter((before) => !open.has(before))) {
      const isMissed = this.drive.book.of(time).some(({ status }) => status === 'missed');
      this.hold(isMissed, `the gate of ${time} has expired and left no record`);
    }
  }

  /** Whatever may begin has begun. */
  private checkGatesStuck(): void {
    const { state, drive } = this;
    if (state.live || state.paused || state.removed || drive.machine.closing) return;
    this.hold(state.round.fullSince === null, 'the full round is stuck');
    const asked = new Set(drive.underQuestion());
    for (const { scheduleTime, fullSince, ask } of state.dated) {
      const isWaiting = fullSince === null || ask || asked.has(scheduleTime);
      this.hold(isWaiting || this.isLive(scheduleTime), `the gate of ${scheduleTime} is stuck`);
    }
  }

  private checkCellsStuck(): void {
    const { live, cellRuns, cells, dated, paused, removed, definition } = this.state;
    if (removed || this.drive.machine.closing) return;
    if (cellRuns.length + (live ? 1 : 0) >= definition.runPolicy.maxParallel) return;
    for (const { scheduleTime } of cells) {
      const gate = dated.find((other) => other.scheduleTime === scheduleTime);
      const isServed = !paused && gate && !gate.upstream && gate.fullSince !== null;
      this.hold(isServed || this.isLive(scheduleTime), `the cell of ${scheduleTime} is stuck`);
    }
  }

  private isLive(scheduleTime: string): boolean {
    return liveRuns(this.state).some((run) => run.scheduleTime === scheduleTime);
  }

  private checkLists(): void {
    const { dated, cells, cellRuns } = this.state;
    for (const list of [dated, cells]) {
      const isSorted = list.every(
        ({ scheduleTime }, index) => index === 0 || list[index - 1]!.scheduleTime < scheduleTime,
      );
      this.hold(isSorted, 'gates or cells are not in order, each once');
    }
    for (const { backfills } of [...cells, ...cellRuns]) {
      const isSet = backfills.length > 0 && new Set(backfills).size === backfills.length;
      this.hold(isSet, 'a cell is wanted by nobody, or twice by the same');
    }
  }

  /** Every due time that was taken has an open gate, or a record; and never two of its own. */
  private checkTicks(): void {
    const { book, ticked, state } = this.drive;
    for (const time of ticked) {
      const records = book.of(time);
      const isOpen = state.dated.some((gate) => gate.scheduleTime === time && gate.upstream);
      this.hold(isOpen || records.length > 0, `the due time ${time} has no outcome`);
      const own = records.filter(({ startedBy }) => startedBy === 'schedule').length;
      this.hold(own <= 1, `the due time ${time} has more than one outcome`);
      const isBlocked = records.some(({ status }) => status === 'blocked');
      this.hold(isOpen || !isBlocked, `${time} is blocked without a gate`);
    }
  }

  private checkAttempts(): void {
    const records = this.drive.book.all();
    const attempts = records.filter(({ attempt, scheduleTime }) => attempt > 0 && scheduleTime);
    const names = new Set(attempts.map((record) => `${record.scheduleTime} ${record.attempt}`));
    this.hold(names.size === attempts.length, 'an attempt has come twice');
    const hasGap = attempts.some(
      ({ scheduleTime, attempt }) => attempt > 1 && !names.has(`${scheduleTime} ${attempt - 1}`),
    );
    this.hold(!hasGap, 'an attempt was left out');
  }

  /** Each end was owed, and says what the record says. */
  private checkTold(): void {
    const { told, owed, book } = this.drive;
    for (const { backfill, end } of told.splice(0)) {
      const name = `${backfill} ${end.scheduleTime}`;
      this.hold(owed.delete(name), `${name} was answered without being owed`);
      const isDropped = end.status === 'dropped';
      this.hold(!isDropped || this.state.removed !== null, `${name} was dropped`);
      const isOfRun = !['skipped', 'dropped', 'withdrawn'].includes(end.status) || end.runId;
      const record = end.runId === null ? null : book.find(end.runId);
      this.hold(!isOfRun || record?.status === end.status, `${name} was told ${end.status}`);
    }
  }
}

function run(drive: TimeDrive, steps: TimeStep[]): void {
  const checks = new Checks(drive);
  for (const step of steps) {
    drive.take(step);
    checks.after(step);
  }
  drive.finish();
  checks.after();
  checks.atEnd();
}

it('a recurring task: one busy run, one run of an instance, every cell answered, nothing stuck', () => {
  fc.assert(
    fc.property(upstreamStatus, timeSteps, (usual, steps) => run(new TimeDrive(usual), steps)),
    { numRuns: 300 },
  );
});

it('a triggered task: the same', () => {
  fc.assert(
    fc.property(upstreamStatus, timeSteps, (usual, steps) =>
      run(new TimeDrive(usual, { kind: 'triggered', whileRunning: 'latch' }), steps),
    ),
    { numRuns: 200 },
  );
});
