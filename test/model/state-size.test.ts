/** Rule 14: what is handed on at a roll-over keeps under 256 KB, whatever the task holds. */
import { defaultRunPolicy, noRuntimeResource } from '../../model/definition';
import { datedGateLimit, dueGateLimit, maxDatedGates } from '../../model/gate';
import { handOver, isWithinBound, takeOver, type HandedOver } from '../../model/hand-over';
import { maxTables, taskInputSchema, type TaskDefinition } from '../../model/task';
import {
  confirmProjected,
  rememberAnswer,
  runHandedOver,
  takeTriggers,
  upstreamChanged,
} from '../../model/task-steps';
import { waitsForSlot } from '../../model/task-steps/begin';
import type { TaskState } from '../../model/task-state';
import type { Trigger } from '../../model/trigger';
import { hour, TimeMachine } from '../support/workflows/time-machine';

const bound = 256 * 1024;
const sizeOf = (handed: HandedOver) => Buffer.byteLength(JSON.stringify(handed));
const tableNames = (count: number, length: number) =>
  Array.from(
    { length: count },
    (_, index) => `crm.main.${String(index).padStart(length - 9, '0')}`,
  );
const time = (index: number) => new Date(Date.UTC(2026, 0, 1, index)).toISOString();
const idOf = (number: number) => number.toString(16).padStart(32, '0');

/** The largest definition that the API lets through, for these tables. */
function largest(names: string[]): Partial<TaskDefinition> {
  const input = taskInputSchema.parse({
    name: '€'.repeat(255),
    description: '€'.repeat(4000),
    owner: '€'.repeat(255),
    tags: Array.from({ length: 50 }, () => ({ key: 'k'.repeat(50), value: 'v'.repeat(240) })),
    kind: 'triggered',
    tables: names.map((name) => ({ name, by: 'task' })),
    whileRunning: 'latch',
    timezone: 'America/Argentina/ComodRivadavia',
    job: { type: 't'.repeat(100), config: { text: 'c'.repeat(15_900) } },
    runPolicy: { maxParallel: 64, timeout: 2_147_483, gateExpiry: 366 * 86_400 },
    recurrence: { cron: `0 ${'59,'.repeat(160)}59 2 * * ?`, startTime: time(0), endTime: time(1) },
    dependsOn: Array.from({ length: 100 }, (_, index) => idOf(index)),
    notifications: {
      webhooks: Array.from({ length: 10 }, () => ({ url: `https://a.example/${'x'.repeat(480)}` })),
      deadline: 86_400,
    },
    runtimeResource: {
      ...{ resourceGroup: 'g'.repeat(255), image: '€'.repeat(255), cu: '€'.repeat(32) },
    },
    dataSource: '€'.repeat(255),
  });
  const { id: _id, environment: _environment, runPolicy, runtimeResource, ...rest } = input;
  const definition = definedOnly({ ...rest, runPolicy: undefined });
  return {
    ...definition,
    runPolicy: { ...defaultRunPolicy, ...definedOnly(runPolicy ?? {}) },
    runtimeResource: {
      ...{ ...noRuntimeResource, ...definedOnly(runtimeResource ?? {}) },
      taskQueue: 'q'.repeat(200),
    },
  };
}

function definedOnly<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Drives a task to all its bounds, with calls of callers who are all different. */
class Full {
  readonly machine: TimeMachine;
  private calls = 0;
  private ids = 0;

  constructor(
    readonly names: string[],
    given: Partial<TaskDefinition> = {},
  ) {
    this.machine = new TimeMachine({ ...largest(names), whileRunning: 'latch', ...given });
    const { machine } = this;
    const contextOf = machine.context.bind(machine);
    machine.context = () => ({ ...contextOf(), newRunId: () => idOf((this.ids += 1)) });
  }

  take(table: string, scheduleTime: string | null, key = false): void {
    const number = (this.calls += 1);
    const call: Trigger = {
      receipt: String(number).padStart(30, '0'),
      table,
      at: this.machine.now(),
      caller: `${number} `.padEnd(64, 'x'),
      scheduleTime,
      key: key ? String(number).padStart(22, '0') : null,
    };
    takeTriggers(this.machine.state, [call], this.machine.context());
  }

  fill(): this {
    this.fillGates();
    this.fillLists();
    return this;
  }

  /** The open round with its run, the next one, and as many dated gates as there may be. */
  private fillGates(): void {
    const { machine, names } = this;
    for (const name of names) this.take(name, null);
    machine.state.live!.definition = null;
    for (const name of names) this.take(name, null);
    for (let index = 0; index < datedGateLimit(names); index += 1) {
      for (const name of names) this.take(name, time(index));
    }
  }

  /** As many due times as there may be: blocked with a record, late, and full in the end. */
  fillDueGates(): this {
    const { machine } = this;
    for (let number = 1; number <= dueGateLimit; number += 1) machine.tick(hour(number));
    machine.pause(true);
    while (machine.answer('blocked').length > 0);
    machine.later(2 * 86_400_000);
    machine.passTime();
    upstreamChanged(machine.state);
    while (machine.answer('met').length > 0);
    machine.state.notices = [];
    return this;
  }

  /** All that is remembered of calls, Updates, instances and due times. */
  fillLists(): this {
    const { state } = this.machine;
    for (let number = 0; number < 1000; number += 1) this.take(this.names[0]!, null, true);
    for (let number = 0; number < 100; number += 1) {
      rememberAnswer(state, `apply/${String(number).padStart(30, '0')}`, 'f'.repeat(32));
    }
    state.instances = Array.from({ length: 200 }, (_, index) => ({
      ...{ scheduleTime: time(index), attempts: 1000, status: 'cancelled' as const },
    }));
    state.ticks = Array.from({ length: 100 }, (_, index) => time(index));
    if (state.latestRun) state.latestRun.failureReason = 'r'.repeat(1000);
    return this;
  }

  /** Cells until no more are taken, each for a backfill of its own and asked for by somebody else. */
  fillCells(): this {
    const { machine } = this;
    const { live } = machine.state;
    machine.state.live = null;
    for (let number = 1; machine.state.reports.length === 0; number += 1) {
      machine.request(time(10_000 + number), {
        ...{ backfills: [idOf(number)], by: `${number} `.padEnd(64, '€') },
        ...{ attempts: 1000, status: 'cancelled', existing: 'failed' },
      });
    }
    Object.assign(machine.state, { live, reports: [] });
    return this;
  }

  /** Runs of cells have their workflows; one that makes the task busy waits for a slot. */
  begin(): this {
    const { machine } = this;
    for (const { runId } of machine.state.cellRuns) runHandedOver(machine.state, runId);
    if (!machine.state.live) machine.start();
    return this;
  }

  project(): this {
    const { ledger, runs } = this.machine.state.outbox;
    confirmProjected(this.machine.state, {
      ...{ ledger: ledger.length, runs: runs.length, revision: this.machine.state.revision },
    });
    return this;
  }
}

const sizes = [
  { tables: maxTables, length: 50 },
  { tables: 97, length: 255 },
  { tables: 20, length: 255 },
  { tables: 2, length: 255 },
  { tables: 1, length: 255 },
];

describe.each(sizes)('with $tables tables of $length characters it keeps under 256 KB', (size) => {
  const names = tableNames(size.tables, size.length);

  function expectToFit(state: TaskState): void {
    const handed = handOver(state);
    expect(sizeOf(handed)).toBeLessThan(bound);
    expect(isWithinBound(handed)).toBe(true);
  }

  it('a triggered task that has all marks, keys and cells that there may be', () => {
    const { state } = new Full(names).fill().fillCells().begin().project().machine;
    expect(Object.keys(state.round.marks)).toHaveLength(size.tables);
    expect(Object.keys(state.nextRound!.marks)).toHaveLength(size.tables);
    expect(state.dated).toHaveLength(datedGateLimit(names));
    expect([state.keys.length, state.answers.length]).toEqual([1000, 100]);
    expect([state.cellRuns.length, state.cells.length]).toEqual([64, 436]);
    expectToFit(state);
  });

  it('a recurring task with all due times blocked, late and full, and a run waiting for a slot', () => {
    const full = new Full(names, { kind: 'recurring' }).fillDueGates().fillLists();
    const { state } = full.fillCells().begin().project().machine;
    expect([state.keys.length, state.receipts.length]).toEqual([1000, 1000]);
    expect(state.dated).toHaveLength(dueGateLimit);
    expect(state.dated.every((gate) => gate.late && gate.fullSince)).toBe(true);
    expect(waitsForSlot(state)).toBe(true);
    expectToFit(state);
  });
});

it('holds the definition once, also where it was edited while a run waited for a slot', () => {
  const full = new Full(['crm.main.one'], { kind: 'manual' }).fillCells().begin().project();
  const before = sizeOf(handOver(full.machine.state));
  full.machine.edit({ description: 'd'.repeat(4000) });
  expect(waitsForSlot(full.machine.state)).toBe(true);
  expect(sizeOf(handOver(full.machine.state))).toBeLessThan(before);
  expect(roundTrip(full.machine.state).live?.definition?.description).toBe('d'.repeat(4000));
});

it('reaches 1,000 dated gates where the task has one table', () => {
  expect(datedGateLimit(['crm.main.one'])).toBe(maxDatedGates);
});

const roundTrip = (state: TaskState) =>
  takeOver(JSON.parse(JSON.stringify(handOver(state))) as HandedOver);

it('gives back what it packed', () => {
  const { machine } = new Full(tableNames(12, 30));
  const full = new Full(tableNames(3, 30)).fill().fillCells().begin().project();
  const due = new Full(['crm.main.one'], { kind: 'recurring' }).fillDueGates().fillCells();
  for (const { state } of [machine, full.machine, due.begin().project().machine]) {
    state.dated.splice(300);
    state.cells.splice(100);
    state.receipts.splice(0, state.receipts.length - 100);
    for (const { upstream } of state.dated) if (upstream) upstream.reason = null;
    expect(roundTrip(state)).toEqual(state);
  }
});

describe('what would break the bound and is known elsewhere is left out', () => {
  const withoutNames = (value: unknown) => JSON.stringify(value).replaceAll(/\d+ [x€]+/g, '');

  it('first who marked what, and who asked for cells', () => {
    const { state } = new Full(tableNames(maxTables, 50)).fill().project().machine;
    const taken = roundTrip(state);
    expect(new Set(Object.values(taken.round.marks).map((mark) => mark.caller))).toEqual(
      new Set(['']),
    );
    expect(withoutNames(taken.round)).toBe(withoutNames(state.round));
    expect(withoutNames(taken.dated)).toBe(withoutNames(state.dated));
    expect(taken.receipts).toEqual(state.receipts.slice(-100));
    expect(taken.instances).toEqual(state.instances);
  });

  it('then receipts, and at last instances, which are looked up from then on', () => {
    const { state } = new Full(tableNames(maxTables, 50))
      .fill()
      .fillCells()
      .begin()
      .project().machine;
    state.instancesForgotten = false;
    const left = new Set<string>();
    for (let length = 0; ; length += 2000) {
      state.definition.description = 'd'.repeat(length);
      if (!isWithinBound(handOver(state))) break;
      const { receipts, instances, instancesForgotten } = roundTrip(state);
      left.add(`${receipts.length} receipts, ${instances.length} instances ${instancesForgotten}`);
    }
    expect([...left]).toEqual([
      '100 receipts, 200 instances false',
      '0 receipts, 200 instances false',
      '0 receipts, 0 instances true',
    ]);
  });

  it('but no cell, nobody who waits for it, and no key', () => {
    const { state } = new Full(tableNames(maxTables, 50))
      .fill()
      .fillCells()
      .begin()
      .project().machine;
    state.definition.description = '\u0001'.repeat(4000);
    const taken = roundTrip(state);
    expect(taken.cells).toEqual(state.cells.map((cell) => ({ ...cell, by: '' })));
    expect(taken.cellRuns).toEqual(state.cellRuns.map((run) => ({ ...run, startedByUser: '' })));
    expect(taken.keys).toEqual(state.keys);
  });

  it('and nothing at all where that does not help: what is not in the store yet is too much', () => {
    const { state } = new Full(tableNames(maxTables, 50)).fill().machine;
    expect(isWithinBound(handOver(state))).toBe(false);
    expect(roundTrip(state).receipts).toHaveLength(100);
  });
});

it('takes over the keys of the version before', () => {
  const { machine } = new Full(['crm.main.one']).fillLists();
  const handed = handOver(machine.state);
  handed.packed.keys = machine.state.keys.map(({ key, at }) => [key, Date.parse(at)]);
  expect(takeOver(handed).keys).toEqual(machine.state.keys);
});

it.each([
  ['tables', { tables: tableNames(99, 255) }, 'the names of all tables together'],
  [
    'tags',
    { tags: Array.from({ length: 50 }, () => ({ key: 'k'.repeat(100), value: 'v'.repeat(256) })) },
    'all tags together',
  ],
  ['job.config', { job: { type: 'a', config: { a: 'x'.repeat(16_000) } } }, 'it may have at most'],
])('is guarded by a refusal of larger %s', (path, fields, message) => {
  const input = { name: 'a', kind: 'triggered', tables: ['a.b.c'], job: { type: 'a' }, ...fields };
  const { error } = taskInputSchema.safeParse(input);
  expect(error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  expect(error?.issues[0]?.message).toContain(message);
});
