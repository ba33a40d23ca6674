/**
 * What becomes of every single call, and which run begins with which step, under random
 * interleavings: held against a model that answers by looking through the whole history.
 */
import fc from 'fast-check';
import { whyNotApply, whyNotReset, whyNotStart, whyNotWithPresent } from '../../model/task-steps';
import type { LedgerEntry } from '../../model/trigger';
import { listed } from '../support/workflows/definition';
import { Machine } from '../support/workflows/machine';
import { NaiveModel, type Begun, type Happening } from '../support/workflows/naive-model';

const tables = ['a.m.one', 'a.m.two', 'a.m.three'];
const times = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];

const table = fc.constantFrom(...tables);
const time = fc.option(fc.constantFrom(...times), { nil: null, freq: 2 });
const key = fc.option(fc.constantFrom('k', 'l', 'm'), { nil: null, freq: 3 });
type Step = Happening | { kind: 'later'; hours: number };
const of = <T extends Step['kind']>(kind: T) => fc.constant(kind);
const step = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({ kind: of('call'), table, time, key, outcome: fc.constant('') }),
  },
  { weight: 6, arbitrary: fc.record({ kind: of('end') }) },
  { weight: 3, arbitrary: fc.record({ kind: of('resume') }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('start' as const, 'pause', 'rollOver') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: of('apply'), table, time, outcome: fc.constant('') }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('reset'), time }) },
  { weight: 3, arbitrary: fc.record({ kind: of('present'), time }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: of('tables'), tables: fc.subarray(tables, { minLength: 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: of('type'), triggered: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: of('mode'), latch: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: of('later'), hours: fc.constantFrom(1, 13, 24) }) },
) as fc.Arbitrary<Step>;
const steps = fc
  .tuple(fc.array(step, { minLength: 5, maxLength: 50 }), fc.boolean())
  .map(([all, removed]): Step[] => {
    if (!removed) return all;
    const calls = all.slice(0, 3).filter((one) => one.kind === 'call');
    return [...all, { kind: 'remove' }, ...calls, { kind: 'end' }];
  });

class Comparison {
  readonly machine: Machine;
  readonly naive: NaiveModel;
  private readonly ignored: LedgerEntry[] = [];

  constructor(latch: boolean) {
    const whileRunning = latch ? 'latch' : 'ignore';
    this.machine = new Machine({ tables: listed(...tables.slice(0, 2)), whileRunning });
    this.naive = new NaiveModel(tables.slice(0, 2), latch);
  }

  take(next: Step): void {
    const { machine, naive } = this;
    if (next.kind === 'later') return machine.later(next.hours * 3600 * 1000);
    const before = machine.state.live?.runId ?? null;
    const busy = before !== null;
    expect(busy).toBe(naive.liveSince() >= 0);
    const what = this.act(next);
    if (what === null) return;
    const expected = naive.note(what, this.at());
    expect(begun(machine, before)).toEqual(expected);
  }

  /** Takes the step in the machine. @returns what happened; null where nothing did */
  private act(next: Exclude<Step, { kind: 'later' }>): Happening | null {
    const { machine, naive } = this;
    switch (next.kind) {
      case 'call': {
        const expected = naive.outcomeOf(next, this.at() + 1);
        const line = machine.call(next.table, next);
        expect(line.outcome).toBe(expected);
        if (line.outcome === 'ignored') this.ignored.push(line);
        return { ...next, outcome: line.outcome };
      }
      case 'apply':
        return this.applyIgnored(next);
      case 'start':
        expect(whyNotStart(machine.state) === null).toBe(
          naive.liveSince() < 0 && !naive.isRemoved(),
        );
        if (whyNotStart(machine.state)) return null;
        machine.start();
        return next;
      case 'present': {
        const ask = { scheduleTime: next.time, by: 'somebody', known: null };
        const mayRun = whyNotWithPresent(machine.state, ask) === null;
        expect(mayRun).toBe(naive.mayRunWithPresent(next.time));
        if (!mayRun) return null;
        machine.startWithPresent(next.time);
        return next;
      }
      case 'end':
        if (!machine.state.live) return null;
        machine.end();
        return next;
      case 'reset':
        if (whyNotReset(machine.state, next.time)) return null;
        machine.reset(next.time);
        return next;
      case 'rollOver':
        machine.rollOver();
        return next;
      default:
        this.change(next);
        return next;
    }
  }

  private change(next: Happening): void {
    const { machine } = this;
    if (next.kind === 'remove') machine.remove();
    else if (next.kind === 'tables') machine.edit({ tables: listed(...next.tables) });
    else if (next.kind === 'type') machine.edit({ kind: next.triggered ? 'triggered' : 'manual' });
    else if (next.kind === 'mode') machine.edit({ whileRunning: next.latch ? 'latch' : 'ignore' });
    else machine.pause(next.kind === 'pause');
  }

  private applyIgnored(next: Extract<Happening, { kind: 'apply' }>): Happening | null {
    const entry = this.ignored.find(
      (line) => line.table === next.table && line.scheduleTime === next.time,
    );
    if (!entry) return null;
    const expected = this.naive.mayApply(next);
    expect(whyNotApply(this.machine.state, entry) === null).toBe(expected);
    if (!expected) return null;
    this.ignored.splice(this.ignored.indexOf(entry), 1);
    const { outcome } = this.machine.apply(entry);
    return { ...next, outcome };
  }

  private at(): number {
    return Date.parse(this.machine.now());
  }
}

function begun(machine: Machine, before: string | null): Begun {
  const { live } = machine.state;
  if (!live || live.runId === before) return null;
  if (live.startedBy === 'manual') return { gate: 'hand' };
  return live.scheduleTime === null
    ? { gate: 'round' }
    : { gate: 'dated', time: live.scheduleTime };
}

it.each([false, true])('has the outcome that the rules give each call (latch: %s)', (latch) => {
  fc.assert(
    fc.property(steps, (all) => {
      const comparison = new Comparison(latch);
      for (const next of all) comparison.take(next);
    }),
    { numRuns: 600 },
  );
});
