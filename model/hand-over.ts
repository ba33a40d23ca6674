/**
 * The state as the next run of the task's workflow gets it: the same, packed, so that it keeps
 * within its bound also where tables, schedule times and keys are many. Names of tables stand in it
 * once, times are milliseconds.
 */
import type { Gate } from './gate';
import { gateTables, type TaskState } from './task-state';

/** Most bytes of a packed state, as JSON: the design's 256 KB, less room for Temporal's envelope. */
const maxHandedOver = 252 * 1024;

/** How many receipts outlive a roll-over; older ones are looked up in the ledger. */
const receiptsHandedOn = 100;

/** Index of the table in the definition, when it was marked, index of who marked it. */
type PackedMark = [table: number, at: number, caller: number];
type PackedGate = [fullSince: number | null, marks: PackedMark[]];
type PackedParts = 'round' | 'nextRound' | 'dated' | 'keys';

export interface HandedOver extends Omit<TaskState, PackedParts> {
  packed: {
    /** Who marked tables. Empty texts where they would break the bound: the ledger has them. */
    callers: string[];
    round: PackedGate;
    nextRound: PackedGate | null;
    dated: [scheduleTime: number, gate: PackedGate][];
    keys: [key: string, at: number][];
  };
}

/** Packs the state for the next run of the workflow. */
export function handOver(state: TaskState): HandedOver {
  const { round, nextRound, dated, keys, ...rest } = state;
  const tableIndex = indexOf(gateTables(state.definition));
  const callers = new Map<string, number>();
  const packGate = (gate: Gate): PackedGate => [
    gate.fullSince === null ? null : Date.parse(gate.fullSince),
    Object.entries(gate.marks).map(([table, { at, caller }]) => {
      if (!callers.has(caller)) callers.set(caller, callers.size);
      return [tableIndex.get(table)!, Date.parse(at), callers.get(caller)!];
    }),
  ];
  const packed: HandedOver['packed'] = {
    callers: [],
    round: packGate(round),
    nextRound: nextRound && packGate(nextRound),
    dated: dated.map((gate) => [Date.parse(gate.scheduleTime), packGate(gate)]),
    keys: keys.map(({ key, at }) => [key, Date.parse(at)]),
  };
  packed.callers = [...callers.keys()];
  const handed = { ...rest, receipts: state.receipts.slice(-receiptsHandedOn), packed };
  if (!isWithinBound(handed)) packed.callers = packed.callers.map(() => '');
  return handed;
}

/** True where a packed state may be handed on. */
export function isWithinBound(handed: HandedOver): boolean {
  return new TextEncoder().encode(JSON.stringify(handed)).length <= maxHandedOver;
}

/** The state that a run of the workflow begins with: a new task's, or what was handed over. */
export function takeOver(input: TaskState | HandedOver): TaskState {
  if (!('packed' in input)) return input;
  const { packed, ...rest } = input;
  const tables = gateTables(input.definition);
  const unpackGate = ([fullSince, marks]: PackedGate): Gate => ({
    marks: Object.fromEntries(
      marks.map(([table, at, caller]) => [
        tables[table]!,
        { at: iso(at), caller: packed.callers[caller]! },
      ]),
    ),
    fullSince: fullSince === null ? null : iso(fullSince),
  });
  return {
    ...rest,
    round: unpackGate(packed.round),
    nextRound: packed.nextRound && unpackGate(packed.nextRound),
    dated: packed.dated.map(([time, gate]) => ({ scheduleTime: iso(time), ...unpackGate(gate) })),
    keys: packed.keys.map(([key, at]) => ({ key, at: iso(at) })),
  };
}

function indexOf(names: string[]): Map<string, number> {
  return new Map(names.map((name, index) => [name, index]));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
