/**
 * Rules 1 to 6 once more, told in another way: nothing is kept but the list of what happened, and
 * every question is answered by looking through all of it. Slow, and as plain as the rules.
 */
export type Happening =
  | { kind: 'call'; table: string; time: string | null; key: string | null; outcome: string }
  | { kind: 'apply'; table: string; time: string | null; outcome: string }
  | { kind: 'start' | 'end' | 'pause' | 'resume' | 'remove' | 'rollOver' }
  | { kind: 'reset' | 'present'; time: string | null }
  | { kind: 'tables'; tables: string[] }
  | { kind: 'type'; triggered: boolean }
  | { kind: 'mode'; latch: boolean };

/** What began with a happening. */
export type Begun = { gate: 'round' | 'hand' } | { gate: 'dated'; time: string } | null;

interface Entry {
  what: Happening;
  at: number;
  begun: Begun;
}

const dayMs = 24 * 3600 * 1000;

export class NaiveModel {
  readonly entries: Entry[] = [];

  constructor(
    private readonly firstTables: string[],
    private readonly firstLatch: boolean,
  ) {}

  /** Notes a happening. @returns the run that has to begin with it */
  note(what: Happening, at: number): Begun {
    const entry: Entry = { what, at, begun: null };
    this.entries.push(entry);
    const last = this.entries.length - 1;
    if (what.kind === 'start') entry.begun = { gate: 'hand' };
    else if (what.kind === 'present') entry.begun = gateOf(what.time);
    else if (what.kind !== 'reset' && what.kind !== 'mode') entry.begun = this.next(last);
    return entry.begun;
  }

  /** What has to become of a call that comes now. */
  outcomeOf(call: { table: string; time: string | null; key: string | null }, at: number): string {
    if (call.key !== null && this.isKeyKnown(call.key, at)) return 'duplicate';
    if (this.isBarred(call)) return 'ignored';
    const last = this.entries.length - 1;
    if (this.marksOf(call.time, last).has(call.table)) return 'duplicate';
    // Whether it starts a run shows when it has been noted as a mark.
    const trial = new NaiveModel(this.firstTables, this.firstLatch);
    trial.entries.push(...this.entries);
    return trial.note({ kind: 'call', ...call, outcome: 'counted' }, at) ? 'started' : 'counted';
  }

  /** True where an ignored call for this table and time may be applied now. */
  mayApply(call: { table: string; time: string | null }): boolean {
    const last = this.entries.length - 1;
    return !this.isBarred(call) && !this.marksOf(call.time, last).has(call.table);
  }

  /** True where a gate may run now with the tables that it has. */
  mayRunWithPresent(time: string | null): boolean {
    const last = this.entries.length - 1;
    if (this.isRemoved(last) || !this.isTriggeredAt(last) || this.liveSince(last) >= 0)
      return false;
    return this.marksOf(time, last).size > 0;
  }

  /** Index at which the live run began; -1 where the task is not busy. */
  liveSince(index = this.entries.length - 1): number {
    for (let k = index; k >= 0; k -= 1) {
      const { what, begun } = this.entries[k]!;
      if (begun) return k;
      if (what.kind === 'end') return -1;
    }
    return -1;
  }

  isRemoved(index = this.entries.length - 1): boolean {
    return this.entries.slice(0, index + 1).some(({ what }) => what.kind === 'remove');
  }

  private isBarred(call: { table: string; time: string | null }): boolean {
    const last = this.entries.length - 1;
    if (this.isRemoved(last) || !this.tablesAt(last).includes(call.table)) return true;
    return call.time === null && this.liveSince(last) >= 0 && !this.isLatchAt(last);
  }

  /** A key counts from its first use; uses that were duplicates for it do not renew it. */
  private isKeyKnown(key: string, at: number): boolean {
    let firstUse = Number.NEGATIVE_INFINITY;
    for (const { what, at: when } of this.entries) {
      if (what.kind === 'call' && what.key === key && when - firstUse >= dayMs) firstUse = when;
    }
    return at - firstUse < dayMs;
  }

  private lastOf<K extends Happening['kind']>(kind: K, index: number) {
    for (let k = index; k >= 0; k -= 1) {
      const { what } = this.entries[k]!;
      if (what.kind === kind) return what as Extract<Happening, { kind: K }>;
    }
    return null;
  }

  private isTriggeredAt(index: number): boolean {
    return this.lastOf('type', index)?.triggered ?? true;
  }

  private isLatchAt(index: number): boolean {
    return this.lastOf('mode', index)?.latch ?? this.firstLatch;
  }

  private isPausedAt(index: number): boolean {
    for (let k = index; k >= 0; k -= 1) {
      const { kind } = this.entries[k]!.what;
      if (kind === 'pause' || kind === 'resume') return kind === 'pause';
    }
    return false;
  }

  /** The tables a gate waits for; none where there is no gate. */
  private tablesAt(index: number): string[] {
    if (!this.isTriggeredAt(index)) return [];
    return this.lastOf('tables', index)?.tables ?? this.firstTables;
  }

  /** Where the run of the open round, or of a time, began that is live at an index; else -1. */
  private gateRunSince(time: string | null, index: number): number {
    const since = this.liveSince(index);
    const begun = since >= 0 ? this.entries[since]!.begun : null;
    const isIts =
      time === null ? begun?.gate === 'round' : begun?.gate === 'dated' && begun.time === time;
    if (!isIts) return -1;
    for (let k = since + 1; k <= index; k += 1) if (this.dropsGates(k)) return -1;
    return since;
  }

  private dropsGates(k: number): boolean {
    const { what } = this.entries[k]!;
    if (what.kind === 'remove') return true;
    return what.kind === 'type' && this.isTriggeredAt(k - 1) !== what.triggered;
  }

  /** Marks of the gate that calls of a time mark now: tables by the index of their mark. */
  private marksOf(time: string | null, index: number): Map<string, number> {
    const after = time === null ? this.gateRunSince(null, index) : -1;
    const marks = new Map<string, number>();
    for (let j = after + 1; j <= index; j += 1) {
      const { what } = this.entries[j]!;
      if (what.kind !== 'call' && what.kind !== 'apply') continue;
      if (what.outcome !== 'counted' && what.outcome !== 'started') continue;
      if (what.time === time && !this.isUndone(what, j, index)) marks.set(what.table, j);
    }
    return marks;
  }

  private isUndone(
    mark: { table: string; time: string | null },
    j: number,
    index: number,
  ): boolean {
    for (let k = j + 1; k <= index; k += 1) {
      const { what } = this.entries[k]!;
      if (this.dropsGates(k)) return true;
      if (what.kind === 'tables' && !what.tables.includes(mark.table)) return true;
      if (what.kind === 'reset' && what.time === mark.time) {
        if (j > this.gateRunSince(mark.time, k)) return true;
      }
      if (what.kind === 'end') {
        const since = this.gateRunSince(mark.time, k - 1);
        // A run of the round takes the marks before it along; of a time, all that came till its end,
        // but for what came while it ran with the tables that were there.
        const takesAll = mark.time !== null && this.entries[since]?.what.kind !== 'present';
        if (since >= 0 && (takesAll || j <= since)) return true;
      }
    }
    return false;
  }

  private isFull(time: string | null, index: number): boolean {
    const tables = this.tablesAt(index);
    const marks = this.marksOf(time, index);
    return tables.length > 0 && tables.every((table) => marks.has(table));
  }

  private fullSince(time: string | null, index: number): number {
    if (!this.isFull(time, index)) return Number.POSITIVE_INFINITY;
    let since = index;
    while (since > 0 && this.isFull(time, since - 1) && !this.isReset(time, since)) since -= 1;
    return since;
  }

  /** True where the run of a time ends at an index: what is left of its gate is as if just opened. */
  private isReset(time: string | null, index: number): boolean {
    if (time === null || this.entries[index]!.what.kind !== 'end') return false;
    return this.gateRunSince(time, index - 1) >= 0;
  }

  /** The run that a task has to begin after a happening. */
  private next(index: number): Begun {
    if (this.isPausedAt(index) || this.isRemoved(index)) return null;
    if (this.liveSince(index) >= 0) return null;
    const times = new Set<string>();
    for (const { what } of this.entries) {
      if ((what.kind === 'call' || what.kind === 'apply') && what.time !== null)
        times.add(what.time);
    }
    const full = [...times].toSorted().find((time) => this.isFull(time, index));
    const round = this.fullSince(null, index);
    if (full !== undefined && this.fullSince(full, index) < round)
      return { gate: 'dated', time: full };
    return Number.isFinite(round) ? { gate: 'round' } : null;
  }
}

function gateOf(time: string | null): Begun {
  return time === null ? { gate: 'round' } : { gate: 'dated', time };
}
