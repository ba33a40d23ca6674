/** A gate holds which tables of a task have been marked. Plain JSON: it lives in workflow state. */
export interface Mark {
  at: string;
  caller: string;
  /** Set where it came while the gate ran without this table: it stays when the run ends. */
  next?: true;
}

export interface Gate {
  marks: Record<string, Mark>;
  /** Since when it is full; null while something is missing. */
  fullSince: string | null;
  /** Set once somebody was told that it is late. */
  late?: true;
}

/** What a due time waits for: the upstream tasks' part (rule 9). */
export interface UpstreamGate {
  status: 'waiting' | 'blocked' | 'met';
  /** What it waits for, or what stands in the way. */
  reason: string | null;
  openedAt: string;
  /** The record that shows it as blocked; the run that it leads to takes it over. */
  recordId: string | null;
}

/** A gate of one schedule time. */
export interface DatedGate extends Gate {
  /** ISO 8601 in UTC. */
  scheduleTime: string;
  /** Set where a due time opened it; no table is marked then. */
  upstream: UpstreamGate | null;
  /** Whether records and upstream tasks are to be asked about it. */
  ask: boolean;
}

/** Most dated gates that one task may have open. */
export const maxDatedGates = 1000;

/** Share of the state handed on at a roll-over (256 KB) that dated gates may take, in bytes. */
const datedGatesBudget = 66_000;
/** What one gate takes of it, and what each mark does (`hand-over.ts`; its callers can be left out). */
const bytesPerGate = 41;
const bytesPerMark = 25;
/** What a gate that a due time opened takes: it has no marks, but may have a record. */
const bytesPerDueGate = 93;

export function emptyGate(): Gate {
  return { marks: {}, fullSince: null };
}

export function isMarked(gate: Gate, table: string): boolean {
  return Object.hasOwn(gate.marks, table);
}

/** The tables that a gate still waits for, in the order given. */
export function missingTables(gate: Gate, tables: readonly string[]): string[] {
  return tables.filter((table) => !isMarked(gate, table));
}

/** Marks one table and judges the gate; a table that is marked already stays as it was. */
export function markGate(gate: Gate, table: string, mark: Mark, tables: readonly string[]): void {
  if (isMarked(gate, table)) return;
  gate.marks[table] = mark;
  judgeGate(gate, tables, mark.at);
}

/** A dated gate that a mark opens. */
export function markedGate(scheduleTime: string): DatedGate {
  return { scheduleTime, ...emptyGate(), upstream: null, ask: false };
}

/** A dated gate that a due time opens. */
export function dueGate(scheduleTime: string, openedAt: string): DatedGate {
  return {
    ...{ scheduleTime, ...emptyGate(), ask: true },
    upstream: { status: 'waiting', reason: null, openedAt, recordId: null },
  };
}

/** When the gate was opened: by its due time, or by its first mark; null where it has none. */
export function openedAt(gate: Gate & { upstream?: UpstreamGate | null }): string | null {
  if (gate.upstream) return gate.upstream.openedAt;
  const times = Object.values(gate.marks).map((mark) => mark.at);
  return times.length === 0 ? null : times.reduce((one, other) => (one < other ? one : other));
}

/**
 * By when a gate should be full: after its schedule time, or after a round's first mark.
 * @param openedAt when it was opened
 * @param deadline in seconds
 * @returns in milliseconds; null where it was opened past that: who marks a time of long ago knows
 *   that it is late
 */
export function deadlineOf(
  openedAt: string,
  scheduleTime: string | null,
  deadline: number,
): number | null {
  const limit = Date.parse(scheduleTime ?? openedAt) + deadline * 1000;
  return limit < Date.parse(openedAt) ? null : limit;
}

/** Brings `fullSince` in line with the marks; `now` is taken where the gate has just become full. */
export function judgeGate(gate: Gate, tables: readonly string[], now: string): void {
  const full = tables.length > 0 && tables.every((table) => isMarked(gate, table));
  if (!full) gate.fullSince = null;
  else gate.fullSince ??= now;
}

/** Drops marks of tables that are no longer listed, and judges what is left. */
export function keepMarksOf(gate: Gate, tables: readonly string[], now: string): void {
  const listed = new Set(tables);
  for (const table of Object.keys(gate.marks)) {
    if (!listed.has(table)) delete gate.marks[table];
  }
  if (Object.keys(gate.marks).length === 0) delete gate.late;
  judgeGate(gate, tables, now);
}

/**
 * How many dated gates a task with these tables may have open: each is taken as if full, so that
 * marks that come later cannot break the bound.
 */
export function datedGateLimit(tables: readonly string[]): number {
  const perGate = bytesPerGate + bytesPerMark * tables.length;
  return Math.max(1, Math.min(maxDatedGates, Math.floor(datedGatesBudget / perGate)));
}

/** How many gates may be open that due times opened. */
export const dueGateLimit = Math.floor(datedGatesBudget / bytesPerDueGate);

/** Finds the gate of a schedule time, or the place where it belongs (`dated` is kept in order). */
export function findDatedGate(
  dated: readonly DatedGate[],
  scheduleTime: string,
): { gate: DatedGate | null; index: number } {
  let low = 0;
  let high = dated.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dated[middle]!.scheduleTime < scheduleTime) low = middle + 1;
    else high = middle;
  }
  const found = dated[low];
  return { gate: found?.scheduleTime === scheduleTime ? found : null, index: low };
}
