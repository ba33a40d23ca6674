/**
 * Which run begins, which due time is skipped or missed, and what backfills are told with every
 * single step, under random interleavings: held against a model that answers by looking through
 * the whole history.
 */
import fc from 'fast-check';
import { liveRuns } from '../../model/task-state';
import * as steps from '../../model/task-steps';
import { listed, one, two } from '../support/workflows/definition';
import type { Happening, Outcome, Settings } from '../support/workflows/naive-history';
import { NaiveTimeModel } from '../support/workflows/naive-time-model';
import { hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';
import {
  dueAfter,
  timeSteps,
  upstreamStatus,
  type TimeStep,
  type Upstream,
} from '../support/workflows/time-steps';

const gateExpiry = 3 * 3600;

class Comparison {
  readonly machine: TimeMachine;
  readonly naive: NaiveTimeModel;
  private readonly upstream = new Map<string, Upstream>();
  /** Runs in the order in which they began. */
  private readonly runIds: string[] = [];
  private readonly cancelled = new Set<string>();
  /** Records that showed a due time as blocked. */
  private readonly blocked = new Set<string>();
  private seen = 0;

  constructor(
    private readonly usual: Upstream,
    settings: Settings,
  ) {
    const { type: kind, maxParallel, rerunMode, catchUp, mode, tables } = settings;
    this.machine = new TimeMachine({
      ...{ kind, tables: listed(...tables), recurrence: hourly({ catchUp, mode }) },
      ...withPolicy({ maxParallel, rerunMode, gateExpiry }),
    });
    this.naive = new NaiveTimeModel(settings, gateExpiry * 1000);
  }

  take(step: TimeStep): void {
    const { machine, naive } = this;
    switch (step.kind) {
      case 'tick':
        return this.tick(step.time, step.next);
      case 'upstream':
        this.upstream.set(step.time, step.status);
        return step.nudge
          ? this.same({ fact: 'nudge' }, () => steps.upstreamChanged(machine.state))
          : undefined;
      case 'judge':
      case 'ask':
        return this.judge();
      case 'request':
        return step.times.forEach((time) => {
          const { backfill, existing } = step;
          this.same({ fact: 'request', time, backfill, existing }, () =>
            machine.request(time, { backfills: [backfill], existing }),
          );
        });
      case 'stop':
        return this.same({ fact: 'stop', backfill: step.backfill, kill: step.kill }, () =>
          machine.stop(step.backfill, step.kill),
        );
      case 'end':
        return this.end(step);
      case 'cancel':
        return this.cancel(step.run);
      case 'start':
        if (naive.isBusy() || naive.isRemoved()) return;
        return this.same({ fact: 'start' }, () => void machine.start());
      case 'call':
        return step.time === null ? undefined : this.call(step.time, step.table);
      case 'pass':
        machine.later(step.minutes * 60_000);
        return this.same({ fact: 'passed', at: this.nextMoment() }, () => machine.passTime());
      case 'rollOver':
        return this.same({ fact: 'rollOver' }, () => {
          machine.rollOver();
          steps.startNext(machine.state, machine.context());
        });
      default:
        return naive.isRemoved() ? undefined : this.change(step);
    }
  }

  private change(step: TimeStep): void {
    const { machine } = this;
    const edit = (settings: Partial<Settings>, act: () => void): void =>
      this.same({ fact: 'edit', settings }, act);
    switch (step.kind) {
      case 'pause':
      case 'resume':
        return this.same({ fact: step.kind }, () => machine.pause(step.kind === 'pause'));
      case 'remove':
        return this.same({ fact: 'remove' }, () => machine.remove());
      case 'parallel':
        return edit({ maxParallel: step.most }, () => machine.policy({ maxParallel: step.most }));
      case 'rerunMode': {
        const { rerunMode } = step;
        return edit({ rerunMode }, () => machine.policy({ rerunMode }));
      }
      case 'type':
        return edit({ type: step.type }, () => machine.edit({ kind: step.type }));
      case 'recurrence': {
        const { catchUp, mode } = step;
        return edit({ catchUp, mode }, () =>
          machine.edit({ recurrence: hourly({ catchUp, mode }) }),
        );
      }
      case 'dependsOn':
        return edit({}, () => machine.edit({ dependsOn: step.ids }));
      case 'tables': {
        const { tables } = step;
        return edit({ tables }, () => machine.edit({ tables: listed(...tables) }));
      }
      default:
    }
  }

  /** The moment of the machine's next step. */
  private nextMoment(): number {
    return Date.parse(this.machine.now()) + 1;
  }

  private tick(time: string, withNext: boolean): void {
    this.machine.until(time);
    const next = withNext ? dueAfter(time) : null;
    this.same({ fact: 'tick', time, next, at: this.nextMoment() }, () =>
      this.machine.tick(time, next),
    );
  }

  private call(time: string, table: string): void {
    this.same({ fact: 'mark', time, table, at: this.nextMoment() }, () => {
      this.machine.call(table, { time });
    });
  }

  /** All that is asked at once, the oldest first. */
  private judge(): void {
    const { machine } = this;
    const asked = steps.takeGatesToJudge(machine.state);
    expect(asked).toEqual(this.naive.toAsk());
    for (const time of asked) {
      const upstream = this.upstream.get(time) ?? this.usual;
      const reason = upstream === 'met' ? null : `upstream is ${upstream}`;
      const judgement = { scheduleTime: time, upstream, reason, known: null };
      this.same({ fact: 'answer', time, upstream }, () =>
        steps.judgeGates(machine.state, [judgement], machine.context(), machine.state.definition),
      );
    }
  }

  private end({ run: index, status }: Extract<TimeStep, { kind: 'end' }>): void {
    const runs = this.naive.liveRuns();
    const run = runs[index % Math.max(runs.length, 1)];
    if (!run) return;
    const runId = this.runIds[run.run]!;
    const end = this.machine.endOf(runId, status);
    const reason = end.failureReason;
    this.same({ fact: 'ended', run: run.run, status, reason }, () => {
      expect(steps.endRun(this.machine.state, end, this.machine.context())).toBe(true);
    });
  }

  private cancel(index: number): void {
    const runs = this.naive.live();
    const run = runs[index % Math.max(runs.length, 1)];
    if (!run) return;
    const { machine } = this;
    const cancel = { runId: this.runIds[run.run]!, reason: 'by somebody' };
    expect(steps.whyNotCancel(machine.state, cancel.runId)).toBeNull();
    this.same({ fact: 'cancelled', run: run.run }, () =>
      steps.cancelRun(machine.state, cancel, machine.context()),
    );
  }

  /** Both do the same; what comes of it has to be the same. */
  private same(what: Happening, act: () => void): void {
    act();
    const { state } = this.machine;
    const outcomes = [...this.written(), ...this.told(), ...this.cancels()];
    for (const { runId } of steps.runsToStart(state)) steps.runHandedOver(state, runId);
    const expected = this.naive.note(what);
    const isOrdered = ({ fact }: Outcome): boolean => fact === 'begin' || fact === 'unrun';
    expect(outcomes.filter(isOrdered)).toEqual(expected.filter(isOrdered));
    const others = (all: Outcome[]): string[] =>
      all.filter((outcome) => !isOrdered(outcome)).map((outcome) => JSON.stringify(outcome));
    expect(others(outcomes).sort()).toEqual(others(expected).sort());
  }

  /** Runs that began and due times that did not run, by their records. */
  private written(): Outcome[] {
    const { runs } = this.machine.state.outbox;
    const fresh = runs.slice(this.seen);
    this.seen = runs.length;
    return fresh.flatMap((record): Outcome[] => {
      const { id, scheduleTime: time, attempt, status, failureReason: reason } = record;
      if (record.attempt === 0) {
        if (status === 'blocked') this.blocked.add(id);
        return [{ fact: 'unrun', time: time!, status: status as 'skipped', reason: reason! }];
      }
      if (status !== 'queued') return [];
      this.runIds.push(id);
      const starters = { manual: 'hand', triggers: 'marks', schedule: 'due', backfill: 'cell' };
      const who = starters[record.startedBy] as 'hand';
      return [{ fact: 'begin', who, time, attempt, wasBlocked: this.blocked.has(id) }];
    });
  }

  private told(): Outcome[] {
    return this.machine.state.reports.splice(0).map(({ backfill, end }) => {
      const { scheduleTime: time, status, reason } = end;
      return { fact: 'told', backfill, time, status, reason };
    });
  }

  private cancels(): Outcome[] {
    const all = liveRuns(this.machine.state).filter(({ cancelReason }) => cancelReason !== null);
    const fresh = all.filter(({ runId }) => !this.cancelled.has(runId));
    for (const { runId } of fresh) this.cancelled.add(runId);
    return fresh.map(({ runId }) => ({ fact: 'cancel', run: this.runIds.indexOf(runId) }));
  }
}

const settings: fc.Arbitrary<Settings> = fc.record({
  type: fc.constantFrom('recurring' as const, 'recurring', 'triggered'),
  catchUp: fc.constantFrom('latest' as const, 'none', 'all'),
  mode: fc.constantFrom('normal' as const, 'normal', 'skip'),
  maxParallel: fc.integer({ min: 1, max: 3 }),
  rerunMode: fc.constantFrom('AllAllowed' as const, 'AllAllowed', 'FailureAllowed', 'AllDenied'),
  tables: fc.subarray([one, two] as string[], { minLength: 1 }),
});

it('due times, gates and cells end as the rules say, whatever happens in between', () => {
  fc.assert(
    fc.property(upstreamStatus, settings, timeSteps, (usual, given, all) => {
      const comparison = new Comparison(usual, given);
      for (const step of all) comparison.take(step);
    }),
    { numRuns: 500 },
  );
});
