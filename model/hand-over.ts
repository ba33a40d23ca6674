/**
 * The state as the next run of the task's workflow gets it: the same, packed, so that it keeps
 * within its bound also where tables, schedule times and keys are many. Names of tables stand in it
 * once, times are milliseconds.
 */
import type { DatedGate, Gate, UpstreamGate } from './gate';
import { defaultRunPolicy, mergeDefinition } from './definition';
import { runStatuses } from './run-status';
import { gateTables, type InstanceMemo, type TaskState } from './task-state';

/** Most bytes of a packed state, as JSON: the design's 256 KB, less room for Temporal's envelope. */
const maxHandedOver = 252 * 1024;

/** How many receipts outlive a roll-over; older ones are looked up in the ledger. */
const receiptsHandedOn = 100;

/** Index of the table in the definition, when it was marked, index of who marked it. */
type PackedMark = [table: number, at: number, caller: number];
type PackedGate = [fullSince: number | null, marks: PackedMark[], late?: 1];
type PackedUpstream = [status: number, openedAt: number, recordId?: string];
type PackedDated = [scheduleTime: number, gate: PackedGate, upstream?: PackedUpstream];
type PackedInstance = [scheduleTime: number, attempts: number, status: number];
type PackedParts = 'round' | 'nextRound' | 'dated' | 'keys' | 'instances' | 'ticks';

export interface HandedOver extends Omit<TaskState, PackedParts> {
  packed: {
    /** Who marked tables. Empty texts where they would break the bound: the ledger has them. */
    callers: string[];
    round: PackedGate;
    nextRound: PackedGate | null;
    dated: PackedDated[];
    keys: [key: string, at: number][];
    instances: PackedInstance[];
    ticks: number[];
    /** Set where the run that waits for a slot has the present definition. */
    sameDefinition?: true;
  };
}

/** Packs the state for the next run of the workflow. */
export function handOver(state: TaskState): HandedOver {
  const { round, nextRound, dated, keys, instances, ticks, ...rest } = state;
  const tableIndex = indexOf(gateTables(state.definition));
  const callers = new Map<string, number>();
  const packGate = (gate: Gate): PackedGate => {
    const fullSince = gate.fullSince === null ? null : Date.parse(gate.fullSince);
    const marks = Object.entries(gate.marks).map(([table, { at, caller }]): PackedMark => {
      if (!callers.has(caller)) callers.set(caller, callers.size);
      return [tableIndex.get(table)!, Date.parse(at), callers.get(caller)!];
    });
    return gate.late ? [fullSince, marks, 1] : [fullSince, marks];
  };
  const packDated = (gate: DatedGate): PackedDated => {
    const time = Date.parse(gate.scheduleTime);
    return gate.upstream
      ? [time, packGate(gate), packUpstream(gate.upstream)]
      : [time, packGate(gate)];
  };
  const packed: HandedOver['packed'] = {
    callers: [],
    round: packGate(round),
    nextRound: nextRound && packGate(nextRound),
    dated: dated.map(packDated),
    keys: keys.map(({ key, at }) => [key, Date.parse(at)]),
    instances: instances.map(packInstance),
    ticks: ticks.map((time) => Date.parse(time)),
  };
  packed.callers = [...callers.keys()];
  let { live } = rest;
  if (live && live.definition === state.definition) {
    live = { ...live, definition: null };
    packed.sameDefinition = true;
  }
  const handed = {
    ...{ ...rest, live },
    receipts: state.receipts.slice(-receiptsHandedOn),
    recordedByTask: true,
    packed,
  };
  if (!isWithinBound(handed)) packed.callers = packed.callers.map(() => '');
  return handed;
}

/** True where a packed state may be handed on. */
export function isWithinBound(handed: HandedOver): boolean {
  return new TextEncoder().encode(JSON.stringify(handed)).length <= maxHandedOver;
}

const upstreamStatuses = ['waiting', 'blocked', 'met'] as const;

function packUpstream({ status, openedAt, recordId }: UpstreamGate): PackedUpstream {
  const packed: PackedUpstream = [upstreamStatuses.indexOf(status), Date.parse(openedAt)];
  return recordId === null ? packed : [...(packed as [number, number]), recordId];
}

/** What it waits for is asked about anew. */
function unpackUpstream([status, openedAt, recordId]: PackedUpstream): UpstreamGate {
  return {
    status: upstreamStatuses[status]!,
    reason: null,
    openedAt: iso(openedAt),
    recordId: recordId ?? null,
  };
}

function packInstance({ scheduleTime, attempts, status }: InstanceMemo): PackedInstance {
  return [Date.parse(scheduleTime), attempts, runStatuses.indexOf(status)];
}

/** The state that a run of the workflow begins with: a new task's, or what was handed over. */
export function takeOver(input: TaskState | HandedOver): TaskState {
  const whole = 'packed' in input ? unpack(input) : input;
  return whole.recordedByTask === undefined ? upgrade(whole) : whole;
}

function unpack({ packed, ...rest }: HandedOver): TaskState {
  const tables = gateTables(rest.definition);
  const unpackGate = ([fullSince, marks, late]: PackedGate): Gate => ({
    marks: Object.fromEntries(
      marks.map(([table, at, caller]) => [
        tables[table]!,
        { at: iso(at), caller: packed.callers[caller]! },
      ]),
    ),
    fullSince: fullSince === null ? null : iso(fullSince),
    ...(late && { late: true }),
  });
  const unpackDated = ([time, gate, upstream]: PackedDated): DatedGate => ({
    scheduleTime: iso(time),
    ...unpackGate(gate),
    upstream: upstream ? unpackUpstream(upstream) : null,
    ask: upstream !== undefined && upstreamStatuses[upstream[0]] !== 'met',
  });
  const { live, definition } = rest;
  return {
    ...rest,
    live: live && packed.sameDefinition ? { ...live, definition } : live,
    round: unpackGate(packed.round),
    nextRound: packed.nextRound && unpackGate(packed.nextRound),
    dated: packed.dated.map(unpackDated),
    keys: packed.keys.map(([key, at]) => ({ key, at: iso(at) })),
    ...unpackTimes(rest as Partial<TaskState>, packed),
  };
}

function unpackTimes(
  rest: Partial<TaskState>,
  { instances, ticks }: Partial<HandedOver['packed']>,
): Pick<TaskState, 'instances' | 'ticks'> {
  return {
    instances:
      instances?.map(([time, attempts, status]) => ({
        ...{ scheduleTime: iso(time), attempts, status: runStatuses[status]! },
      })) ??
      rest.instances ??
      [],
    ticks: ticks?.map(iso) ?? [],
  };
}

/** How many instances a state from before recurrence kept. */
const mostBefore = 200;

/** Fills in what a state from before recurrence lacks. */
function upgrade(state: TaskState): TaskState {
  const live = state.live && { ...state.live, backfills: [], recordedByTask: false };
  return {
    ...state,
    definition: mergeDefinition(state.definition, {
      recurrence: null,
      dependsOn: [],
      notifications: null,
      runPolicy: { ...defaultRunPolicy, ...state.definition.runPolicy },
    }),
    dated: state.dated.map((gate) => ({ ...gate, upstream: null, ask: false })),
    live,
    lastEnd: null,
    cells: [],
    cellRuns: [],
    instances: state.instances.map((memo) => ({ ...memo, status: 'succeeded' })),
    instancesForgotten: state.instances.length >= mostBefore,
    ticks: [],
    schedule: null,
    reports: [],
    notices: [],
    recordedByTask: false,
  };
}

function indexOf(names: string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
