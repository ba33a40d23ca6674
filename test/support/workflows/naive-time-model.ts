/**
 * Rules 2 to 14 for due times, dated gates and cells, told in another way: nothing is kept but the
 * list of what happened and what came of it, and every question is answered by looking through all
 * of it. Slow, and as plain as the rules.
 */
import type { ExistingChoice } from '../../../model/backfill';
import {
  NaiveHistory,
  type Begun,
  type Fact,
  type Happening,
  type Outcome,
  type Settings,
} from './naive-history';
import type { Upstream } from './time-steps';

const strength: ExistingChoice[] = ['skip', 'failed', 'rerun'];
const latestMs = 10 * 60_000;
const finalTold = [
  'succeeded',
  'failed',
  'timedOut',
  'cancelled',
  'skipped',
  'dropped',
  'withdrawn',
];

export class NaiveTimeModel extends NaiveHistory {
  constructor(
    first: Settings,
    private readonly gateExpiryMs: number,
  ) {
    super(first);
  }

  /** Notes what somebody did. @returns all that comes of it, in order */
  note(what: Happening): Outcome[] {
    const from = this.facts.length;
    const wasMarked = what.fact === 'mark' && this.isMarked(what);
    const wasTaken = what.fact === 'tick' && this.takesTick(what.time);
    if (wasMarked || (what.fact === 'tick' && !wasTaken)) return [];
    this.facts.push(what);
    this.comeOf(what);
    this.goOn();
    return this.facts.slice(from + 1).filter((fact) => fact.fact !== 'ended') as Outcome[];
  }

  /** Due times that have to be asked about now. */
  toAsk(): string[] {
    return this.times().filter((time) => this.isDueOpen(time) && this.isToBeAsked(time));
  }

  /** Runs that have workflows of their own and have not ended. */
  liveRuns(): Begun[] {
    return this.live().filter((run) => this.hasWorkflow(run));
  }

  private comeOf(what: Happening): void {
    switch (what.fact) {
      case 'tick':
        return this.comeOfTick(what);
      case 'answer':
        if (what.upstream === 'blocked' && !this.wasBlocked(what.time)) {
          this.unrun(what.time, 'blocked', 'upstream is blocked');
        }
        return;
      case 'request':
        return this.comeOfRequest(what);
      case 'stop':
        return this.comeOfStop(what);
      case 'ended':
        return this.comeOfEnd(what);
      case 'cancelled':
        return this.comeOfCancel(this.begun()[what.run]!, 'by somebody');
      case 'edit':
        return this.comeOfEdit(what);
      case 'passed':
        return this.comeOfTime(what.at);
      case 'start':
        return this.begin('hand', null);
      case 'remove':
        return this.comeOfRemoval();
      default:
    }
  }

  // Due times and their gates.

  private takesTick(time: string): boolean {
    if (this.isRemoved() || this.setting('type') !== 'recurring') return false;
    // What marks of before have left behind counts too: a gate of theirs may have expired.
    const known = this.facts.some(
      (fact) =>
        (fact.fact === 'tick' || fact.fact === 'begin' || fact.fact === 'unrun') &&
        fact.time === time,
    );
    return !known;
  }

  private comeOfTick({ time, next, at }: Extract<Happening, { fact: 'tick' }>): void {
    const catchUp = this.setting('catchUp');
    if (this.isPaused()) return this.unrun(time, 'skipped', 'the task was paused');
    if (catchUp === 'latest' && next !== null && Date.parse(next) <= at) {
      return this.unrun(time, 'missed', `it came late: ${next} was due by then`);
    }
    if (catchUp === 'none' && at - Date.parse(time) > latestMs) {
      return this.unrun(time, 'missed', 'it came more than 10 minutes late');
    }
    if (catchUp !== 'all' && this.isBusy()) this.unrun(time, 'skipped', 'a run was in progress');
  }

  /** A due time waits: nothing has become of it but that it is blocked. */
  private isDueOpen(time: string): boolean {
    const since = this.lastIndex((fact) => fact.fact === 'tick' && fact.time === time);
    if (since === -1) return false;
    return !this.facts
      .slice(since)
      .some(
        (fact) =>
          (fact.fact === 'begin' && fact.time === time) ||
          (fact.fact === 'unrun' && fact.time === time && fact.status !== 'blocked'),
      );
  }

  private wasBlocked(time: string): boolean {
    return this.facts.some(
      (fact) => fact.fact === 'unrun' && fact.time === time && fact.status === 'blocked',
    );
  }

  /** The answer that counts: the last one since the last edit. */
  private answerOf(time: string): Upstream | null {
    const edit = this.lastIndex(({ fact }) => fact === 'edit');
    const last = this.lastIndex((fact) => fact.fact === 'answer' && fact.time === time);
    if (last < edit || last === -1) return null;
    return (this.facts[last] as Extract<Happening, { fact: 'answer' }>).upstream;
  }

  private isToBeAsked(time: string): boolean {
    if (this.answerOf(time) === null) return true;
    if (this.answerOf(time) === 'met') return false;
    const last = this.lastIndex((fact) => fact.fact === 'answer' && fact.time === time);
    return this.facts.slice(last).some(({ fact }) => fact === 'nudge' || fact === 'rollOver');
  }

  private comeOfTime(at: number): void {
    for (const time of this.times()) {
      const opened = this.isDueOpen(time) ? this.dueSince(time) : this.firstMark(time);
      if (opened === null || this.isFilled(time) || opened + this.gateExpiryMs > at) continue;
      this.unrun(time, 'missed', `its gate has expired; ${this.whyUnfilled(time)}`);
    }
  }

  private dueSince(time: string): number {
    const tick = this.facts.find((fact) => fact.fact === 'tick' && fact.time === time);
    return (tick as Extract<Happening, { fact: 'tick' }>).at;
  }

  /** When a gate of marks was opened; null where there is none, or its run is live. */
  private firstMark(time: string): number | null {
    if (this.live().some((run) => this.isOfGate(run, time))) return null;
    const marks = this.marks(time).map((index) => this.facts[index]);
    const times = marks.map((mark) => (mark as Extract<Happening, { fact: 'mark' }>).at);
    return times.length === 0 ? null : Math.min(...times);
  }

  private isFilled(time: string): boolean {
    if (this.isDueOpen(time)) return this.answerOf(time) === 'met';
    return this.setting('tables').every((table) => this.isMarked({ time, table }));
  }

  private whyUnfilled(time: string): string {
    if (this.isDueOpen(time)) {
      return this.lastReason(time) ?? 'upstream tasks did not do their part';
    }
    const missing = this.setting('tables').filter((table) => !this.isMarked({ time, table }));
    return `it still waited for tables ${missing.join(', ')}`;
  }

  /** Why it waited, as it was told last; a roll-over forgets the words. */
  private lastReason(time: string): string | null {
    const rollOver = this.lastIndex(({ fact }) => fact === 'rollOver');
    const last = this.facts.findLast(
      (fact, index) => fact.fact === 'answer' && fact.time === time && index > rollOver,
    ) as Extract<Happening, { fact: 'answer' }> | undefined;
    return last && last.upstream !== 'met' ? `upstream is ${last.upstream}` : null;
  }

  // Gates that marks fill.

  /** True too where a mark would do nothing. */
  private isMarked({ time, table }: { time: string; table: string }): boolean {
    const isTaken = this.setting('type') === 'triggered' && this.setting('tables').includes(table);
    return this.isRemoved() || !isTaken || this.markedSince(time, table) !== -1;
  }

  /** Where the marks of a gate stand. */
  private marks(time: string): number[] {
    const tables = this.setting('type') === 'triggered' ? this.setting('tables') : [];
    return tables.map((table) => this.markedSince(time, table)).filter((index) => index !== -1);
  }

  /** A mark stays until the run of its gate has ended, or its table or gate is dropped. */
  private markedSince(time: string, table: string): number {
    const since = this.lastIndex(
      (fact) => fact.fact === 'mark' && fact.time === time && fact.table === table,
    );
    if (since === -1) return -1;
    const isGone = this.facts.some((fact, index) => {
      if (index < since) return false;
      if (fact.fact === 'remove' || (fact.fact === 'edit' && this.changesType(index))) return true;
      if (fact.fact === 'edit') return fact.settings.tables?.includes(table) === false;
      if (fact.fact === 'unrun') return fact.time === time;
      if (fact.fact !== 'ended') return false;
      return this.isOfGate(this.begun()[fact.run]!, time, since);
    });
    return isGone ? -1 : since;
  }

  /** Whether a run is that of a gate of marks which was there at a moment, or is now. */
  private isOfGate({ who, time: ofRun, at }: Begun, time: string, moment = Infinity): boolean {
    if (who !== 'marks' || ofRun !== time) return false;
    const isDropped = (fact: Fact, index: number): boolean =>
      fact.fact === 'edit' && index > at && index < moment && this.changesType(index);
    return !this.facts.some(isDropped);
  }

  private isFull(time: string): 'marks' | 'due' | null {
    if (this.live().some((run) => run.time === time)) return null;
    if (this.isDueOpen(time)) return this.answerOf(time) === 'met' ? 'due' : null;
    const marked = this.marks(time).length;
    return marked > 0 && marked === this.setting('tables').length ? 'marks' : null;
  }

  // Cells.

  private comeOfRequest({ time, backfill }: Extract<Happening, { fact: 'request' }>): void {
    if (this.isRemoved() && this.waiting(time).backfills.includes(backfill)) {
      this.tell(backfill, time, 'dropped', 'the task has been removed');
    }
  }

  /** Who waits for a cell that has not begun, and what is to be done by the strongest of them. */
  private waiting(
    time: string,
    facts = this.facts,
  ): { backfills: string[]; existing: ExistingChoice } {
    let backfills: string[] = [];
    let existing: ExistingChoice = 'skip';
    facts.forEach((fact, index) => {
      if (!('time' in fact) || fact.time !== time) return;
      if (fact.fact === 'begin') backfills = [];
      else if (fact.fact === 'told') {
        backfills = backfills.filter((backfill) => backfill !== fact.backfill);
      } else if (fact.fact === 'request') {
        if (this.isServed(fact.backfill, time, facts.slice(0, index))) return;
        if (backfills.length === 0) existing = 'skip';
        backfills = [...new Set([...backfills, fact.backfill])];
        const choices = [existing, fact.existing];
        existing = strength.findLast((choice) => choices.includes(choice))!;
      }
    });
    return { backfills, existing };
  }

  /** Whether the live run of a time reports to the backfill. */
  private isServed(backfill: string, time: string, facts: Fact[]): boolean {
    const run = this.live(facts).find((live) => live.time === time);
    return run !== undefined && this.servedBy(run, facts).includes(backfill);
  }

  /** Who waits for the end of a run: who waited when it began, and was told nothing since. */
  private servedBy(run: Begun, facts = this.facts): string[] {
    const { backfills } = this.waiting(run.time ?? '', facts.slice(0, run.at));
    const since = facts.slice(run.at);
    return backfills.filter(
      (backfill) =>
        !since.some(
          (fact) =>
            fact.fact === 'told' &&
            fact.time === run.time &&
            fact.backfill === backfill &&
            finalTold.includes(fact.status),
        ),
    );
  }

  private comeOfStop({ backfill, kill }: Extract<Happening, { fact: 'stop' }>): void {
    for (const time of this.times()) {
      if (this.waiting(time).backfills.includes(backfill)) {
        this.tell(backfill, time, 'withdrawn', 'the backfill was stopped');
      }
    }
    if (!kill) return;
    for (const run of this.live()) {
      const served = this.servedBy(run);
      if (!served.includes(backfill)) continue;
      if (run.who === 'cell' && served.length === 1) this.cancel(run);
      else this.tell(backfill, run.time!, 'withdrawn', 'the run goes on for others');
    }
  }

  private comeOfEnd({ run: index, status, reason }: Extract<Happening, { fact: 'ended' }>): void {
    const run = this.begun()[index]!;
    if (run.time === null) return;
    for (const backfill of this.servedBy(run)) this.tell(backfill, run.time, status, reason);
  }

  /** Why a cell is not run after all. */
  private whySkipped(time: string): string | null {
    const { attempts, status } = this.instance(time);
    const { existing } = this.waiting(time);
    if (attempts === 0) return null;
    if (existing === 'skip') return 'it has been run';
    if (existing === 'failed' && status === 'succeeded') return 'it has succeeded';
    return this.whyDenied(time);
  }

  // Edits and the end.

  private comeOfEdit({ settings }: Extract<Happening, { fact: 'edit' }>): void {
    if (!this.changesType(this.facts.length - 1)) return;
    this.settleDue(`the task is ${settings.type} now`);
  }

  private changesType(index: number): boolean {
    const { settings } = this.facts[index] as Extract<Happening, { fact: 'edit' }>;
    return (
      settings.type !== undefined &&
      settings.type !== this.setting('type', this.facts.slice(0, index))
    );
  }

  private settleDue(reason: string): void {
    for (const time of this.times()) if (this.isDueOpen(time)) this.unrun(time, 'skipped', reason);
  }

  private comeOfRemoval(): void {
    const live = this.live();
    this.settleDue('the task has been removed');
    for (const time of this.times()) {
      for (const backfill of this.waiting(time).backfills) {
        this.tell(backfill, time, 'dropped', 'the task has been removed');
      }
    }
    for (const run of live.filter((one) => this.hasWorkflow(one))) this.cancel(run);
    for (const run of live.filter((one) => !this.hasWorkflow(one))) {
      this.endWithout(run, 'task removed');
    }
  }

  private comeOfCancel(run: Begun, reason: string): void {
    if (this.hasWorkflow(run)) this.cancel(run);
    else this.endWithout(run, reason);
  }

  private hasWorkflow(run: Begun): boolean {
    return run.who === 'cell' || this.hasSlot(run);
  }

  /** A run that has no workflow to be told ends at once. */
  private endWithout({ run }: Begun, why: string): void {
    const ended = { fact: 'ended', run, status: 'cancelled', reason: `cancelled: ${why}` } as const;
    this.facts.push(ended);
    this.comeOfEnd(ended);
  }

  // What begins.

  /** Everything that may begin does: gates, the oldest first; then cells, in the slots left. */
  private goOn(): void {
    if (this.isRemoved()) return;
    while (this.startGate());
    while (this.startCell());
  }

  private startGate(): boolean {
    if (this.isBusy() || this.isPaused()) return false;
    const time = this.times().find((one) => this.isFull(one) !== null);
    if (time === undefined) return false;
    const who = this.isFull(time)!;
    const denied = this.whyDenied(time);
    if (denied !== null) {
      this.unrun(time, 'skipped', denied);
      return true;
    }
    this.begin(who, time);
    if (who === 'due' && this.setting('mode') === 'skip') {
      const run = this.begun().length - 1;
      const ended = { fact: 'ended', run, status: 'succeeded', reason: null } as const;
      this.facts.push(ended);
      this.comeOfEnd(ended);
    }
    return true;
  }

  private startCell(): boolean {
    if (this.live().length >= this.setting('maxParallel')) return false;
    const time = this.times().find(
      (one) => this.waiting(one).backfills.length > 0 && !this.isHeldUp(one),
    );
    if (time === undefined) return false;
    const skipped = this.whySkipped(time);
    if (skipped === null) this.begin('cell', time);
    else {
      for (const backfill of this.waiting(time).backfills) {
        this.tell(backfill, time, 'skipped', skipped);
      }
    }
    return true;
  }

  /** A cell follows the live run of its time, and leaves it to marks that will start one. */
  private isHeldUp(time: string): boolean {
    if (this.live().some((run) => run.time === time)) return true;
    return this.isFull(time) === 'marks' && !this.isPaused();
  }

  private begin(who: Begun['who'], time: string | null): void {
    const attempt = time === null ? 1 : this.instance(time).attempts + 1;
    const wasBlocked = time !== null && this.isDueOpen(time) && this.wasBlocked(time);
    this.facts.push({ fact: 'begin', who, time, attempt, wasBlocked });
  }
}
