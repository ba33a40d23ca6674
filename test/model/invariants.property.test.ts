/**
 * What holds after every step of random interleavings: every accepted call is in the ledger exactly
 * once, no run without all its tables, never two live runs, never stuck with a full gate, also where
 * a cell holds the slot and the run that waits for it is cancelled. What becomes of each call is in
 * `call-outcomes.property.test.ts`.
 */
import fc from 'fast-check';
import { isMarked, type Gate } from '../../model/gate';
import { handOver, takeOver, type HandedOver } from '../../model/hand-over';
import {
  applyIgnored,
  cancelRun,
  confirmProjected,
  editTask,
  endRun,
  removeTask,
  requestCells,
  resetGate,
  runHandedOver,
  runsToStart,
  setPaused,
  startByHand,
  startWithPresent,
  takeTriggers,
  whyNotApply,
  whyNotReset,
  whyNotStart,
  whyNotWithPresent,
  type StepContext,
} from '../../model/task-steps';
import {
  gateTables,
  liveRuns,
  newTaskState,
  type LiveRun,
  type TaskState,
} from '../../model/task-state';
import type { LedgerEntry } from '../../model/trigger';
import { aDefinition, listed } from '../support/workflows/definition';

const allTables = ['a.m.one', 'a.m.two', 'a.m.three', 'a.m.four'];
const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];

type Step =
  | { kind: 'trigger'; tables: number[]; time: number | null; key: number | null }
  | { kind: 'start' | 'endRun' | 'handOver' | 'project' | 'pause' | 'resume' | 'remove' | 'apply' }
  | { kind: 'cell' | 'endCell' | 'cancel' }
  | { kind: 'reset' | 'present'; time: number | null }
  | { kind: 'edit'; tables: number[] }
  | { kind: 'kind'; triggered: boolean };

const tableIndex = fc.nat(allTables.length - 1);
const time = fc.option(fc.nat(times.length - 1), { nil: null });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('trigger' as const),
      tables: fc.array(tableIndex, { minLength: 1, maxLength: 5 }),
      time,
      key: fc.option(fc.nat(5), { nil: null, freq: 3 }),
    }),
  },
  { weight: 6, arbitrary: fc.constant({ kind: 'endRun' as const }) },
  {
    weight: 5,
    arbitrary: fc.constantFrom<Step>(
      { kind: 'start' },
      { kind: 'handOver' },
      { kind: 'project' },
      { kind: 'pause' },
      { kind: 'resume' },
      { kind: 'resume' },
      { kind: 'apply' },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Step>(
      { kind: 'cell' },
      { kind: 'cell' },
      { kind: 'endCell' },
      { kind: 'cancel' },
    ),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const), time }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('present' as const), time }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('edit' as const),
      tables: fc.uniqueArray(tableIndex, { minLength: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('kind' as const), triggered: fc.boolean() }),
  },
);
const steps = fc
  .tuple(fc.array(step, { maxLength: 60, size: 'max' }), fc.boolean())
  .map(([all, removed]) => (removed ? [...all, { kind: 'remove' } as Step] : all));

/** Drives the machine and keeps what it ever said, as somebody outside would see it. */
class Drive {
  state: TaskState;
  readonly sent: string[] = [];
  readonly ledger = new Map<string, LedgerEntry>();
  readonly writes = new Map<string, number>();
  readonly runsSeen = new Set<string>();
  readonly ended = new Set<string>();
  private clock = Date.parse('2026-06-01T00:00:00.000Z');
  private runs = 0;

  constructor(whileRunning: 'ignore' | 'latch') {
    this.state = newTaskState(
      {
        ...{ tenant: 't', taskId: 'x', number: '1', creator: 'me', paused: false },
        definition: aDefinition({ tables: listed(...allTables.slice(0, 3)), whileRunning }),
      },
      new Date(this.clock).toISOString(),
    );
  }

  context(): StepContext {
    this.clock += 1000;
    return {
      now: new Date(this.clock).toISOString(),
      newRunId: () => `run-${(this.runs += 1)}`,
    };
  }

  take(next: Step): void {
    const before = structuredClone(this.state);
    this.apply(next);
    this.begin();
    this.checkStarts(before);
    this.checkAlways();
    expect(JSON.parse(JSON.stringify(this.state))).toEqual(this.state);
  }

  private apply(next: Step): void {
    const { state } = this;
    switch (next.kind) {
      case 'trigger':
        return this.trigger(next);
      case 'start':
        if (!whyNotStart(state)) startByHand(state, 'me', this.context());
        return;
      case 'endRun':
        return this.endRun(state.live);
      case 'cell':
        return this.requestCell();
      case 'endCell':
        return this.endRun(state.cellRuns[0] ?? null);
      case 'cancel':
        return this.cancel();
      case 'handOver':
        return this.rollOver();
      case 'project':
        return this.project();
      case 'pause':
      case 'resume':
        if (!state.removed) setPaused(state, next.kind === 'pause', this.context());
        return;
      case 'remove':
        // What waits for a slot ends with its task.
        if (state.live?.definition) this.ended.add(state.live.runId);
        return removeTask(state, 'me', this.context());
      case 'apply':
        return this.applyOne();
      case 'reset': {
        const at = next.time === null ? null : times[next.time]!;
        if (!whyNotReset(state, at)) resetGate(state, at, this.context());
        return;
      }
      case 'present': {
        const at = next.time === null ? null : times[next.time]!;
        const ask = { scheduleTime: at, by: 'me', known: null };
        if (!whyNotWithPresent(state, ask)) startWithPresent(state, ask, this.context());
        return;
      }
      case 'edit': {
        const tables = next.tables.map((index) => ({
          name: allTables[index]!,
          by: 'url' as const,
        }));
        return editTask(state, { tables }, this.context());
      }
      case 'kind':
        return editTask(state, { kind: next.triggered ? 'triggered' : 'manual' }, this.context());
    }
  }

  private rollOver(): void {
    const handed = JSON.parse(JSON.stringify(handOver(this.state))) as HandedOver;
    const taken = takeOver(handed);
    expect(taken).toEqual(this.state);
    this.state = taken;
  }

  private trigger(next: Extract<Step, { kind: 'trigger' }>): void {
    const context = this.context();
    const triggers = next.tables.map((index) => {
      const receipt = `receipt-${this.sent.length}`;
      this.sent.push(receipt);
      const table = allTables[index]!;
      const scheduleTime = next.time === null ? null : times[next.time]!;
      const key = next.key === null ? null : `${next.key}/${table}/${scheduleTime}`;
      return { receipt, table, at: context.now, caller: 'test', scheduleTime, key };
    });
    takeTriggers(this.state, triggers, context);
  }

  /** Every run that may start gets its workflow. */
  private begin(): void {
    for (const { runId } of runsToStart(this.state)) runHandedOver(this.state, runId);
  }

  private requestCell(): void {
    const scheduleTime = new Date(this.clock).toISOString();
    const known = { attempts: 0, status: null, existing: 'rerun', by: 'me' } as const;
    requestCells(this.state, [{ scheduleTime, backfills: ['b'], ...known }], this.context());
  }

  private endRun(run: LiveRun | null): void {
    if (!run || run.definition !== null) return;
    const { runId, cancelReason } = run;
    const { now } = this.context();
    const status = cancelReason === null ? ('succeeded' as const) : ('cancelled' as const);
    const end = { runId, status, finishedAt: now, failureReason: cancelReason };
    expect(endRun(this.state, end, this.context())).toBe(true);
    this.ended.add(runId);
    // A second message of the same end does nothing.
    const after = structuredClone(this.state);
    expect(endRun(this.state, end, this.context())).toBe(false);
    expect(this.state).toEqual(after);
  }

  /** One that waits for a slot ends at once, and its gate with it; the ledger has nothing of it. */
  private cancel(): void {
    const { state } = this;
    const { live } = state;
    if (!live) return;
    const { runId, definition, gate } = live;
    const [ledger, nextRound] = [state.outbox.ledger.length, state.nextRound];
    const marks = Object.entries(this.datedMarks(live.scheduleTime));
    const forNext = marks.flatMap(([table, mark]) => (mark.next ? [table] : []));
    cancelRun(state, { runId, reason: 'by me' }, this.context());
    expect(state.outbox.ledger).toHaveLength(ledger);
    if (definition === null) return expect(live.cancelReason).not.toBeNull();
    this.ended.add(runId);
    expect(state.live?.runId).not.toBe(runId);
    if (gate === 'round') expect(state.round.marks).toEqual(nextRound?.marks ?? {});
    else if (gate === 'dated') {
      expect(Object.keys(this.datedMarks(live.scheduleTime))).toEqual(forNext);
    }
  }

  private datedMarks(scheduleTime: string | null): Gate['marks'] {
    return this.state.dated.find((gate) => gate.scheduleTime === scheduleTime)?.marks ?? {};
  }

  project(): void {
    const { ledger, runs } = this.state.outbox;
    for (const entry of ledger) {
      if (entry.version === 1) {
        this.writes.set(entry.receipt, (this.writes.get(entry.receipt) ?? 0) + 1);
      }
      this.ledger.set(entry.receipt, entry);
    }
    for (const run of runs) this.runsSeen.add(run.id);
    confirmProjected(this.state, {
      ledger: ledger.length,
      runs: runs.length,
      revision: this.state.revision,
    });
  }

  private applyOne(): void {
    this.project();
    const entry = [...this.ledger.values()].find((line) => line.outcome === 'ignored');
    if (!entry || whyNotApply(this.state, entry)) return;
    const applied = applyIgnored(this.state, entry, 'me', this.context());
    expect(['counted', 'started']).toContain(applied.outcome);
    expect(whyNotApply(this.state, entry)).not.toBeNull();
  }

  /**
   * A run that a gate has just started had every table of the definition marked; one that a person
   * started from it, some.
   */
  private checkStarts(before: TaskState): void {
    const { live } = this.state;
    if (!live || live.runId === before.live?.runId || live.startedBy !== 'triggers') return;
    expect(before.live === null || this.ended.has(before.live.runId)).toBe(true);
    const gate =
      live.gate === 'round'
        ? this.state.round
        : this.state.dated.find(({ scheduleTime }) => scheduleTime === live.scheduleTime)!;
    const tables = gateTables(this.state.definition);
    const marked = tables.filter((table) => isMarked(gate, table));
    if (live.partial) expect(marked.length).toBeGreaterThan(0);
    else expect(marked).toEqual(tables);
  }

  private checkAlways(): void {
    const { state } = this;
    const tables = gateTables(state.definition);
    const gates = [state.round, ...state.dated];
    if (!state.live && !state.paused && !state.removed && tables.length > 0) {
      for (const gate of gates) {
        expect(tables.every((table) => isMarked(gate, table))).toBe(false);
      }
    }
    if (state.removed) expect(state.live === null || state.live.cancelReason).not.toBe(null);
    const scheduled = state.dated.map(({ scheduleTime }) => scheduleTime);
    expect(scheduled).toEqual([...new Set(scheduled)].sort());
    if (state.definition.whileRunning === 'ignore') expect(state.nextRound).toBeNull();
  }

  checkAtEnd(): void {
    this.project();
    expect([...this.ledger.keys()].sort()).toEqual([...this.sent].sort());
    for (const receipt of this.sent) expect(this.writes.get(receipt)).toBe(1);
    const started = [...this.ledger.values()].filter((line) => line.outcome === 'started');
    expect(new Set(started.map((line) => line.runId)).size).toBe(started.length);
    expect(this.runsSeen.size).toBe(this.ended.size + liveRuns(this.state).length);
    expect(this.runsSeen.size).toBe(this.state.runCount);
  }
}

describe.each(['ignore', 'latch'] as const)('a task that is set to %s while running', (mode) => {
  it('loses no call, never runs short of a table or twice at once, and is never stuck', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const drive = new Drive(mode);
        for (const next of all) drive.take(next);
        drive.checkAtEnd();
      }),
      { numRuns: 100 },
    );
  });
});
