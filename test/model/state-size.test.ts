/** Rule 14: what is handed on at a roll-over keeps under 256 KB, whatever the task holds. */
import { datedGateLimit, maxDatedGates } from '../../model/gate';
import { handOver, isWithinBound, takeOver, type HandedOver } from '../../model/hand-over';
import { maxTables, taskInputSchema } from '../../model/task';
import { confirmProjected, rememberAnswer, takeTriggers } from '../../model/task-steps';
import type { Trigger } from '../../model/trigger';
import { Machine } from '../support/workflows/machine';

const bound = 256 * 1024;
const sizeOf = (handed: HandedOver) => Buffer.byteLength(JSON.stringify(handed));
const tableNames = (count: number, length: number) =>
  Array.from(
    { length: count },
    (_, index) => `crm.main.${String(index).padStart(length - 9, '0')}`,
  );
const time = (index: number) => new Date(Date.UTC(2026, 0, 1, index)).toISOString();

/** The largest definition that the API lets through, for these tables. */
function largest(names: string[]) {
  const input = taskInputSchema.parse({
    name: 'n'.repeat(255),
    description: 'd'.repeat(4000),
    owner: 'o'.repeat(255),
    tags: Array.from({ length: 50 }, () => ({ key: 'k'.repeat(50), value: 'v'.repeat(240) })),
    kind: 'triggered',
    tables: names.map((name) => ({ name, by: 'task' })),
    whileRunning: 'latch',
    job: { type: 't'.repeat(100), config: { text: 'c'.repeat(15_900) } },
  });
  const { name, description, owner, tags, tables, job } = input;
  return { name, description: description!, owner: owner!, tags: tags!, tables, job };
}

/** Drives a task to all its bounds, with calls of callers who are all different. */
class Full {
  readonly machine: Machine;
  private calls = 0;

  constructor(readonly names: string[]) {
    this.machine = new Machine({ ...largest(names), whileRunning: 'latch' });
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
    const { machine, names } = this;
    for (const name of names) this.take(name, null);
    machine.state.live!.definition = null;
    for (const name of names) this.take(name, null);
    for (let index = 0; index < datedGateLimit(names); index += 1) {
      for (const name of names) this.take(name, time(index));
    }
    for (let number = 0; number < 1000; number += 1) this.take(names[0]!, null, true);
    for (let number = 0; number < 100; number += 1) {
      rememberAnswer(machine.state, `apply/${String(number).padStart(30, '0')}`, 'f'.repeat(32));
    }
    machine.state.instances = Array.from({ length: 200 }, (_, index) => ({
      ...{ scheduleTime: time(index), attempts: 1000, status: 'cancelled' as const },
    }));
    machine.state.latestRun!.failureReason = 'r'.repeat(1000);
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

it.each([
  { tables: maxTables, length: 50 },
  { tables: 97, length: 255 },
  { tables: 20, length: 255 },
  { tables: 2, length: 255 },
  { tables: 1, length: 255 },
])('keeps under 256 KB with $tables tables of $length characters', ({ tables, length }) => {
  const names = tableNames(tables, length);
  const { state } = new Full(names).fill().project().machine;
  expect(Object.keys(state.round.marks)).toHaveLength(tables);
  expect(Object.keys(state.nextRound!.marks)).toHaveLength(tables);
  expect(state.dated).toHaveLength(datedGateLimit(names));
  expect([state.keys.length, state.answers.length]).toEqual([1000, 100]);
  const handed = handOver(state);
  expect(sizeOf(handed)).toBeLessThan(bound);
  expect(isWithinBound(handed)).toBe(true);
});

it('reaches 1,000 dated gates where the task has one table', () => {
  expect(datedGateLimit(['crm.main.one'])).toBe(maxDatedGates);
});

it('gives back what it packed', () => {
  const { state } = new Full(tableNames(12, 30)).machine;
  const full = new Full(tableNames(3, 30)).fill().project();
  for (const one of [state, full.machine.state]) {
    one.dated.splice(400);
    one.receipts.splice(0, one.receipts.length - 100);
    expect(takeOver(JSON.parse(JSON.stringify(handOver(one))) as HandedOver)).toEqual(one);
  }
});

it('leaves out who marked what, and nothing else, where that alone breaks the bound', () => {
  const { state } = new Full(tableNames(maxTables, 50)).fill().project().machine;
  const taken = takeOver(handOver(state));
  expect(new Set(Object.values(taken.round.marks).map((mark) => mark.caller))).toEqual(
    new Set(['']),
  );
  const withoutCallers = (text: unknown) => JSON.stringify(text).replaceAll(/\d+ x+/g, '');
  expect(withoutCallers(taken.round)).toBe(withoutCallers(state.round));
  expect(withoutCallers(taken.dated)).toBe(withoutCallers(state.dated));
});

it('says where unconfirmed ledger lines do not fit', () => {
  const { state } = new Full(tableNames(maxTables, 50)).fill().machine;
  expect(isWithinBound(handOver(state))).toBe(false);
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
