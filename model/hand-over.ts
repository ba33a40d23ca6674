/**
 * The state as the next run of the task's workflow gets it: the same, packed, so that it keeps
 * within its bound also where tables, schedule times and keys are many. Names of tables stand in it
 * once, times are milliseconds.
 */
import type { DatedGate, Gate, UpstreamGate } from './gate';
import { defaultRunPolicy, mergeDefinition } from './definition';
import { runStatuses } from './run-status';
import { packCells, unpackCells, type PackedCells } from './packed-cells';
import { gateTables, type InstanceMemo, type TaskState } from './task-state';
import { TextIndex } from './text-index';

/** Most bytes of a packed state, as JSON: the design's 256 KB, less room for Temporal's envelope. */
const maxHandedOver = 252 * 1024;

/** How many receipts outlive a roll-over; older ones are looked up in the ledger. */
const receiptsHandedOn = 100;

/** Index of the table in the definition, when it was marked, index of who marked it. */
type PackedMark = [table: number, at: number, caller: number, next?: 1];
type PackedGate = [fullSince: number | null, marks: PackedMark[], late?: 1];
type PackedUpstream = [status: number, openedAt: number, recordId?: string];
type PackedDated = [scheduleTime: number, gate: PackedGate, upstream?: PackedUpstream];
/** All keys, with a blank between two, and when each came: milliseconds after the one before it. */
type PackedKeys = { texts: string; after: number[] };
/** As the version before backfills packed them. */
type FormerKeys = [key: string, at: number][];
type PackedInstance = [scheduleTime: number, attempts: number, status: number];
type PackedParts = 'round' | 'nextRound' | 'dated' | 'keys' | 'instances' | 'ticks';
type PackedLists = PackedParts | 'cells' | 'cellRuns';

export interface HandedOver extends Omit<TaskState, PackedLists> {
  packed: {
    /** Who marked tables. */
    callers: string[];
    round: PackedGate;
    nextRound: PackedGate | null;
    dated: PackedDated[];
    keys: PackedKeys | FormerKeys;
    instances: PackedInstance[];
    ticks: number[];
    cells: PackedCells;
    /** Set where the run that waits for a slot has the present definition. */
    sameDefinition?: true;
  };
}

/**
 * Packs the state for the next run of the workflow. What would break the bound and is known
 * elsewhere too is left out, as much as is needed: names are in the ledger and the records,
 * receipts in the ledger, instances in the records.
 */
export function handOver(state: TaskState): HandedOver {
  const whole = pack(state, false);
  if (isWithinBound(whole)) return whole;
  const nameless = pack(state, true);
  const packed = { ...nameless.packed, instances: [] };
  const lighter: HandedOver[] = [
    nameless,
    { ...nameless, receipts: [] },
    { ...nameless, receipts: [], instancesForgotten: true, packed },
  ];
  return lighter.find(isWithinBound) ?? nameless;
}

function pack(state: TaskState, withoutNames: boolean): HandedOver {
  const { round, nextRound, dated, keys, instances, ticks, cells, cellRuns, ...rest } = state;
  const tables = new TextIndex();
  for (const table of gateTables(state.definition)) tables.placeOf(table);
  const callers = new TextIndex(withoutNames);
  const packGate = (gate: Gate): PackedGate => {
    const fullSince = gate.fullSince === null ? null : Date.parse(gate.fullSince);
    const marks = Object.entries(gate.marks).map(([table, { at, caller, next }]): PackedMark => {
      const place = tables.placeOf(table);
      const by = callers.placeOf(caller);
      return next ? [place, Date.parse(at), by, 1] : [place, Date.parse(at), by];
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
    keys: packKeys(keys),
    instances: instances.map(packInstance),
    ticks: ticks.map((time) => Date.parse(time)),
    cells: packCells({ cells, cellRuns }, withoutNames),
  };
  packed.callers = callers.texts;
  let { live } = rest;
  if (live && live.definition === state.definition) {
    live = { ...live, definition: null };
    packed.sameDefinition = true;
  }
  const receipts = state.receipts.slice(-receiptsHandedOn);
  return { ...rest, live, receipts, recordedByTask: true, packed };
}

/** So many ledger lines break the bound by themselves, however short their texts are. */
const tooManyLines = 1_000;

/** True where the state may be handed on as it is. Costs little where much is not confirmed yet. */
export function mayBeHandedOver(state: TaskState): boolean {
  if (state.outbox.ledger.length + state.outbox.runs.length > tooManyLines) return false;
  return isWithinBound(handOver(state));
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

function packKeys(keys: TaskState['keys']): PackedKeys {
  const times = keys.map(({ at }) => Date.parse(at));
  return {
    texts: keys.map(({ key }) => key).join(' '),
    after: times.map((time, index) => time - (times[index - 1] ?? 0)),
  };
}

function unpackKeys(packed: PackedKeys | FormerKeys): TaskState['keys'] {
  if (Array.isArray(packed)) return packed.map(([key, at]) => ({ key, at: iso(at) }));
  let at = 0;
  const texts = packed.texts.split(' ');
  return packed.after.map((after, index) => ({ key: texts[index]!, at: iso((at += after)) }));
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
      marks.map(([table, at, caller, next]) => [
        tables[table]!,
        { at: iso(at), caller: packed.callers[caller]!, ...(next && { next: true }) },
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
    keys: unpackKeys(packed.keys),
    ...unpackTimes(rest as Partial<TaskState>, packed),
    ...unpackCells(packed.cells ?? noCells),
  };
}

/** A state from before backfills has none. */
const noCells: PackedCells = { backfills: [], names: [], waiting: [], running: [] };

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

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
