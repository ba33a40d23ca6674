/**
 * What happened to a task and what came of it, in one list; and what can be read off it by looking
 * through all of it.
 */
import type { CellEnd, ExistingChoice } from '../../../model/backfill';
import type { CatchUp } from '../../../model/recurrence';
import type { EndedStatus } from '../../../model/run';
import type { RunPolicy, TaskKind } from '../../../model/task';
import type { Upstream } from './time-steps';

export interface Settings {
  type: TaskKind;
  catchUp: CatchUp;
  mode: 'normal' | 'skip';
  maxParallel: number;
  rerunMode: RunPolicy['rerunMode'];
  tables: string[];
}

/** What somebody did. */
export type Happening =
  | { fact: 'tick'; time: string; next: string | null; at: number }
  | { fact: 'answer'; time: string; upstream: Upstream }
  | { fact: 'request'; time: string; backfill: string; existing: ExistingChoice }
  | { fact: 'stop'; backfill: string; kill: boolean }
  | { fact: 'ended'; run: number; status: EndedStatus; reason: string | null }
  | { fact: 'cancelled'; run: number }
  | { fact: 'mark'; time: string; table: string; at: number }
  | { fact: 'edit'; settings: Partial<Settings> }
  | { fact: 'passed'; at: number }
  | { fact: 'start' | 'pause' | 'resume' | 'remove' | 'rollOver' | 'nudge' };

/** What came of it. */
export type Outcome =
  | {
      fact: 'begin';
      who: 'hand' | 'marks' | 'due' | 'cell';
      time: string | null;
      attempt: number;
      /** Whether it goes on in the record that showed its due time as blocked. */
      wasBlocked: boolean;
    }
  | { fact: 'unrun'; time: string; status: 'skipped' | 'missed' | 'blocked'; reason: string }
  | {
      fact: 'told';
      backfill: string;
      time: string;
      status: CellEnd['status'];
      reason: string | null;
    }
  | { fact: 'cancel'; run: number };

export type Fact = Happening | Outcome;
export type Begun = Extract<Outcome, { fact: 'begin' }> & { run: number; at: number };

export class NaiveHistory {
  protected readonly facts: Fact[] = [];

  constructor(private readonly first: Settings) {}

  isBusy(): boolean {
    return this.live().some((run) => run.who !== 'cell');
  }

  isRemoved(): boolean {
    return this.facts.some(({ fact }) => fact === 'remove');
  }

  protected begun(facts = this.facts): Begun[] {
    return facts
      .flatMap((fact, at) => (fact.fact === 'begin' ? [{ ...fact, at }] : []))
      .map((fact, run) => ({ ...fact, run }));
  }

  /** Runs that have not ended, with or without workflows of their own. */
  live(facts = this.facts): Begun[] {
    const ended = new Set(facts.flatMap((fact) => (fact.fact === 'ended' ? [fact.run] : [])));
    return this.begun(facts).filter(({ run }) => !ended.has(run));
  }

  /** A busy run has its workflow once cells leave it a slot, if only for a moment. */
  protected hasSlot({ at }: Begun): boolean {
    for (let end = at + 1; end <= this.facts.length; end += 1) {
      const then = this.facts.slice(0, end);
      const cells = this.live(then).filter(({ who }) => who === 'cell').length;
      if (cells < this.setting('maxParallel', then)) return true;
    }
    return false;
  }

  protected instance(time: string): { attempts: number; status: EndedStatus | null } {
    const runs = this.begun().filter((run) => run.time === time);
    const last = runs.at(-1);
    const end = this.facts.find((fact) => fact.fact === 'ended' && fact.run === last?.run);
    return {
      attempts: runs.length,
      status: (end as { status: EndedStatus } | undefined)?.status ?? null,
    };
  }

  protected whyDenied(time: string): string | null {
    const { attempts, status } = this.instance(time);
    const rerunMode = this.setting('rerunMode');
    if (attempts === 0 || rerunMode === 'AllAllowed') return null;
    if (rerunMode === 'AllDenied') return 'its run policy allows no rerun';
    if (status !== 'succeeded') return null;
    return 'it has succeeded, and its run policy allows reruns only after a failure';
  }

  protected isPaused(): boolean {
    const last = this.facts.findLast(({ fact }) => fact === 'pause' || fact === 'resume');
    return last?.fact === 'pause';
  }

  protected setting<K extends keyof Settings>(name: K, facts = this.facts): Settings[K] {
    const edit = facts.findLast(
      (fact) => fact.fact === 'edit' && fact.settings[name] !== undefined,
    ) as Extract<Happening, { fact: 'edit' }> | undefined;
    return (edit?.settings[name] ?? this.first[name]) as Settings[K];
  }

  /** Every schedule time that was ever named, the oldest first. */
  protected times(): string[] {
    const named = this.facts.flatMap((fact) => ('time' in fact && fact.time ? [fact.time] : []));
    return [...new Set(named)].sort();
  }

  protected lastIndex(holds: (fact: Fact) => boolean): number {
    return this.facts.findLastIndex(holds);
  }

  protected unrun(time: string, status: 'skipped' | 'missed' | 'blocked', reason: string): void {
    this.facts.push({ fact: 'unrun', time, status, reason });
  }

  protected tell(
    backfill: string,
    time: string,
    status: CellEnd['status'],
    reason: string | null,
  ): void {
    this.facts.push({ fact: 'told', backfill, time, status, reason });
  }

  protected cancel({ run }: Begun): void {
    const isTold = this.facts.some((fact) => fact.fact === 'cancel' && fact.run === run);
    if (!isTold) this.facts.push({ fact: 'cancel', run });
  }
}
