/**
 * Drives the state machine as its workflow, the store and backfills do: records are projected, due
 * gates asked about, runs given their workflows, ends told; each at a moment of its own.
 */
import type { CellEnd } from '../../../model/backfill';
import { handOver, takeOver, type HandedOver } from '../../../model/hand-over';
import { liveRuns, type LiveRun } from '../../../model/task-state';
import * as steps from '../../../model/task-steps';
import type { TaskDefinition } from '../../../model/task';
import { listed, one } from './definition';
import { RecordBook } from './record-book';
import { hourly, TimeMachine, withPolicy } from './time-machine';
import { dueAfter, type TimeStep, type Upstream } from './time-steps';

export class TimeDrive {
  readonly machine: TimeMachine;
  readonly book = new RecordBook();
  readonly ticked = new Set<string>();
  /** Cells that a backfill was promised the end of: backfill and time. */
  readonly owed = new Set<string>();
  /** Ends that backfills were told. */
  readonly told: { backfill: string; end: CellEnd }[] = [];
  readonly ended: { run: LiveRun; status: string }[] = [];
  private readonly upstream = new Map<string, Upstream>();
  private asked: { judgements: steps.Judgement[]; definition: TaskDefinition } | null = null;
  private seen = 0;

  /** @param usual what upstream tasks have done where nothing else is said */
  constructor(
    private usual: Upstream,
    given: Partial<TaskDefinition> = {},
  ) {
    this.machine = new TimeMachine({
      ...{ tables: listed(one), recurrence: hourly({ catchUp: 'all' }) },
      ...{ ...withPolicy({ gateExpiry: 3 * 3600 }), ...given },
    });
  }

  get state() {
    return this.machine.state;
  }

  /** Schedule times that are being asked about. */
  underQuestion(): string[] {
    return this.asked?.judgements.map(({ scheduleTime }) => scheduleTime) ?? [];
  }

  take(step: TimeStep): void {
    this.apply(step);
    this.writeRecords();
  }

  private writeRecords(): void {
    this.book.write(this.state.outbox.runs.slice(this.seen));
    this.seen = this.state.outbox.runs.length;
  }

  private apply(step: TimeStep): void {
    const { machine, state } = this;
    switch (step.kind) {
      case 'tick':
        return this.tick(step.time, step.next);
      case 'upstream':
        this.upstream.set(step.time, step.status);
        if (step.nudge) steps.upstreamChanged(state);
        return;
      case 'judge':
        return this.judgeAll();
      case 'ask':
        return this.ask();
      case 'answer':
        return this.answer();
      case 'begin':
        return this.begin();
      case 'request':
        return this.request(step);
      case 'stop':
        return machine.stop(step.backfill, step.kill);
      case 'end':
        return this.end(step);
      case 'lose':
        return this.lose(step.run);
      case 'cancel':
        return this.cancel(step.run);
      case 'start':
        if (!steps.whyNotStart(state)) machine.start();
        return;
      case 'call':
        return void machine.call(step.table, { time: step.time });
      case 'reset':
        if (!steps.whyNotReset(state, step.time)) machine.reset(step.time);
        return;
      case 'pass':
        machine.later(step.minutes * 60_000);
        return machine.passTime();
      case 'close':
        machine.closing ||= steps.runsToStart(state).length === 0;
        return;
      case 'rollOver':
        return this.rollOver();
      case 'project':
        return this.project();
      case 'tell':
        return this.tell();
      case 'forget':
        return this.forget(step.instances);
      default:
        return state.removed ? undefined : this.edit(step);
    }
  }

  private edit(step: TimeStep): void {
    const { machine } = this;
    switch (step.kind) {
      case 'pause':
      case 'resume':
        return machine.pause(step.kind === 'pause');
      case 'remove':
        return machine.remove();
      case 'parallel':
        return machine.policy({ maxParallel: step.most });
      case 'rerunMode':
        return machine.policy({ rerunMode: step.rerunMode });
      case 'type':
        return machine.edit({ kind: step.type });
      case 'recurrence':
        return machine.edit({ recurrence: hourly({ catchUp: step.catchUp, mode: step.mode }) });
      case 'dependsOn':
        return machine.edit({ dependsOn: step.ids });
      case 'tables':
        return machine.edit({ tables: listed(...step.tables) });
      default:
        throw new Error(`no edit: ${step.kind}`);
    }
  }

  private tick(time: string, next: boolean): void {
    const { definition, instances, ticks, removed } = this.state;
    // The watchdog compares with the records: a time that is long forgotten does not come again.
    const isRemembered =
      ticks.includes(time) || instances.some(({ scheduleTime }) => scheduleTime === time);
    if (this.book.of(time).length > 0 && !isRemembered) return;
    this.machine.tick(time, next ? dueAfter(time) : null);
    if (definition.kind === 'recurring' && !removed) this.ticked.add(time);
  }

  /** Takes what is to be asked; the answers are those of this moment. */
  ask(): void {
    const { definition } = this.state;
    if (this.asked) return;
    const judgements = steps.takeGatesToJudge(this.state).map((scheduleTime) => {
      const upstream = this.upstream.get(scheduleTime) ?? this.usual;
      const reason = upstream === 'met' ? null : `upstream is ${upstream}`;
      return { scheduleTime, upstream, reason, known: this.book.known(scheduleTime) };
    });
    if (judgements.length > 0) this.asked = { judgements, definition };
  }

  answer(): void {
    if (!this.asked) return;
    const { judgements, definition } = this.asked;
    this.asked = null;
    steps.judgeGates(this.state, judgements, this.machine.context(), definition);
  }

  judgeAll(): void {
    this.answer();
    for (this.ask(); this.asked; this.ask()) this.answer();
  }

  /** Runs get their workflows. */
  begin(): void {
    if (this.machine.closing) return;
    for (const { runId } of steps.runsToStart(this.state)) steps.runHandedOver(this.state, runId);
  }

  private request(step: Extract<TimeStep, { kind: 'request' }>): void {
    for (const time of step.times.filter((one) => !this.isOnItsWay(step.backfill, one))) {
      // A late request carries what was known before; the task itself has not forgotten then.
      const isRemembered = this.state.instances.some((memo) => memo.scheduleTime === time);
      const known = step.late && isRemembered ? null : this.book.known(time);
      const { attempts, status } = known ?? { attempts: 0, status: null };
      this.owed.add(`${step.backfill} ${time}`);
      const { existing, backfill } = step;
      this.machine.request(time, { existing, backfills: [backfill], attempts, status });
    }
  }

  /** An end that the backfill has not been told yet: it does not ask again before it was. */
  private isOnItsWay(backfill: string, time: string): boolean {
    return this.state.reports.some(
      (report) => report.backfill === backfill && report.end.scheduleTime === time,
    );
  }

  private end({ run: index, status, again }: Extract<TimeStep, { kind: 'end' }>): void {
    const { machine, state } = this;
    const begun = liveRuns(state).filter((run) => run.definition === null);
    const run = begun[index % Math.max(begun.length, 1)];
    if (!run) return;
    const end = machine.endOf(run.runId, status);
    this.ended.push({ run: structuredClone(run), status });
    expect(steps.endRun(state, end, machine.context())).toBe(true);
    if (again) this.endAgain(end);
  }

  private endAgain(end: steps.RunEnd): void {
    const was = structuredClone(this.state);
    expect(steps.endRun(this.state, end, this.machine.context())).toBe(false);
    steps.endLostRun(this.state, end, this.machine.context());
    expect(this.state).toEqual(was);
  }

  /** A run that waits for a slot ends at once; of any other the reason is noted. */
  private cancel(index: number): void {
    const { machine, state } = this;
    const runs = liveRuns(state);
    const run = runs[index % Math.max(runs.length, 1)];
    if (!run) return;
    const { runId } = run;
    const isWaiting = run.definition !== null && !steps.runsToStart(state).includes(run);
    const ledger = structuredClone(state.outbox.ledger);
    expect(steps.whyNotCancel(state, runId)).toBeNull();
    steps.cancelRun(state, { runId, reason: 'by somebody' }, machine.context());
    expect(state.outbox.ledger).toEqual(ledger);
    expect(liveRuns(state).some((live) => live.runId === runId)).toBe(!isWaiting);
    expect(steps.whyNotCancel(state, runId) === null).toBe(!isWaiting);
  }

  private lose(index: number): void {
    const { machine, state } = this;
    const runs = [...steps.runsToStart(state), ...liveRuns(state).filter((run) => !run.definition)];
    const run = runs[index % Math.max(runs.length, 1)];
    if (!run) return;
    this.ended.push({ run: structuredClone(run), status: 'failed' });
    steps.endLostRun(state, machine.endOf(run.runId, 'failed'), machine.context());
  }

  project(): void {
    this.writeRecords();
    const { ledger, runs } = this.state.outbox;
    const confirmed = { ledger: ledger.length, runs: runs.length, revision: this.state.revision };
    steps.confirmProjected(this.state, confirmed);
    this.seen = 0;
  }

  tell(): void {
    for (;;) {
      const reports = steps.takeReports(this.state);
      if (!reports) return;
      const { backfill, ends } = reports;
      this.told.push(...ends.map((end) => ({ backfill, end })));
      steps.confirmReports(this.state, backfill, ends.length);
    }
  }

  /** The state as JSON and back: nothing is lost but what is asked anew. */
  rollOver(): void {
    const { machine } = this;
    if (!machine.closing) this.begin();
    const expected = structuredClone(this.state);
    for (const gate of expected.dated) {
      gate.ask = gate.upstream !== null && gate.upstream.status !== 'met';
      if (gate.upstream) gate.upstream.reason = null;
    }
    const handed = JSON.parse(JSON.stringify(handOver(this.state))) as HandedOver;
    machine.state = takeOver(handed);
    expect(machine.state).toEqual(expected);
    this.asked = null;
    machine.closing = false;
    steps.startNext(machine.state, machine.context());
  }

  /** The oldest of what is remembered goes, as it does after hundreds of others. */
  private forget(instances: number): void {
    if (this.asked) return;
    this.state.instances.splice(0, instances);
    this.state.ticks.splice(0, instances);
    this.state.instancesForgotten = true;
  }

  /** Lets everything come to its end: upstream tasks do their part, runs succeed. */
  finish(): void {
    this.upstream.clear();
    this.usual = 'met';
    this.take({ kind: 'rollOver' });
    if (this.state.paused) this.take({ kind: 'resume' });
    for (let rounds = 0; rounds < 100; rounds += 1) {
      this.judgeAll();
      this.begin();
      const [run] = liveRuns(this.state);
      if (!run && this.underQuestion().length === 0) break;
      this.take({ kind: 'end', run: 0, status: 'succeeded', again: false });
    }
    this.tell();
    this.take({ kind: 'project' });
  }
}
