/** Random steps through time: whatever may happen to a task, in any order. */
import fc from 'fast-check';
import { existingChoices, type ExistingChoice } from '../../../model/backfill';
import type { CatchUp } from '../../../model/recurrence';
import { endedStatuses, type EndedStatus } from '../../../model/run';
import type { RunPolicy, TaskKind } from '../../../model/task';
import { one, two } from './definition';
import { hour } from './time-machine';

export type Upstream = 'waiting' | 'blocked' | 'met';

/** A step; schedule times are `Time`. */
type StepAt<Time> =
  | { kind: 'tick'; time: Time; next: boolean }
  | { kind: 'upstream'; time: Time; status: Upstream; nudge: boolean }
  | { kind: 'judge' | 'ask' | 'answer' | 'begin' | 'start' | 'pause' | 'resume' | 'remove' }
  | { kind: 'request'; times: Time[]; backfill: string; existing: ExistingChoice; late: boolean }
  | { kind: 'stop'; backfill: string; kill: boolean }
  | { kind: 'end'; run: number; status: EndedStatus; again: boolean }
  | { kind: 'lose'; run: number }
  | { kind: 'cancel'; run: number }
  | { kind: 'call'; table: string; time: Time | null }
  | { kind: 'reset'; time: Time | null }
  | { kind: 'parallel'; most: number }
  | { kind: 'type'; type: TaskKind }
  | { kind: 'rerunMode'; rerunMode: RunPolicy['rerunMode'] }
  | { kind: 'recurrence'; catchUp: CatchUp; mode: 'normal' | 'skip' }
  | { kind: 'dependsOn'; ids: string[] }
  | { kind: 'tables'; tables: string[] }
  | { kind: 'pass'; minutes: number }
  | { kind: 'close' | 'rollOver' | 'project' | 'tell' }
  | { kind: 'forget'; instances: number };

export type TimeStep = StepAt<string>;
/** Times are hours after the latest due time, so that steps meet. */
type NearStep = StepAt<number>;

const of = <K extends TimeStep['kind']>(kind: K) => fc.constant(kind);
const time = fc.constantFrom(0, 0, 0, -1, -1, -2, 1);
const maybeTime = fc.option(time, { nil: null, freq: 3 });
const backfill = fc.constantFrom('b1', 'b2');
const weigh = (weight: number, arbitrary: fc.Arbitrary<NearStep>) => ({ weight, arbitrary });

const status = fc.oneof(
  { weight: 3, arbitrary: fc.constant<EndedStatus>('succeeded') },
  { weight: 2, arbitrary: fc.constantFrom(...endedStatuses) },
);

/** What upstream tasks have done. */
export const upstreamStatus = fc.constantFrom<Upstream>('met', 'met', 'waiting', 'blocked');

const next = fc.constantFrom(false, false, true);
const due = [
  weigh(10, fc.record({ kind: of('tick'), time: fc.constantFrom(1, 1, 1, 0, 2), next })),
  weigh(8, fc.record({ kind: of('judge') })),
  weigh(3, fc.record({ kind: of('ask') })),
  weigh(3, fc.record({ kind: of('answer') })),
  weigh(
    6,
    fc.record({
      ...{ kind: of('upstream'), time, nudge: fc.constantFrom(true, true, false) },
      status: upstreamStatus,
    }),
  ),
];

const cells = [
  weigh(
    9,
    fc.record({
      kind: of('request'),
      times: fc.uniqueArray(time, { minLength: 1, maxLength: 4 }),
      backfill,
      existing: fc.constantFrom(...existingChoices),
      late: fc.boolean(),
    }),
  ),
  weigh(3, fc.record({ kind: of('stop'), backfill, kill: fc.boolean() })),
];

const runs = [
  weigh(8, fc.record({ kind: of('begin') })),
  weigh(12, fc.record({ kind: of('end'), run: fc.nat(5), status, again: fc.boolean() })),
  weigh(1, fc.record({ kind: of('lose'), run: fc.nat(5) })),
  weigh(3, fc.record({ kind: of('cancel'), run: fc.nat(5) })),
  weigh(2, fc.record({ kind: of('start') })),
];

const gates = [
  weigh(8, fc.record({ kind: of('call'), table: fc.constantFrom(one, two), time: maybeTime })),
  weigh(1, fc.record({ kind: of('reset'), time: maybeTime })),
];

const edits = [
  weigh(2, fc.record({ kind: of('parallel'), most: fc.integer({ min: 1, max: 3 }) })),
  weigh(
    2,
    fc.record({
      kind: of('type'),
      type: fc.constantFrom<TaskKind>('recurring', 'recurring', 'triggered', 'manual'),
    }),
  ),
  weigh(
    1,
    fc.record({
      kind: of('rerunMode'),
      rerunMode: fc.constantFrom('AllDenied' as const, 'FailureAllowed', 'AllAllowed'),
    }),
  ),
  weigh(
    1,
    fc.record({
      kind: of('recurrence'),
      catchUp: fc.constantFrom<CatchUp>('latest', 'none', 'all'),
      mode: fc.constantFrom('normal' as const, 'normal', 'skip'),
    }),
  ),
  weigh(
    2,
    fc.record({ kind: of('dependsOn'), ids: fc.subarray(['a'.repeat(32), 'b'.repeat(32)]) }),
  ),
  weigh(
    1,
    fc.record({
      kind: of('tables'),
      tables: fc.subarray([one, two] as string[], { minLength: 1 }),
    }),
  ),
];

const others = [
  weigh(3, fc.record({ kind: of('pass'), minutes: fc.constantFrom(1, 30, 60, 200) })),
  weigh(2, fc.record({ kind: of('pause') })),
  weigh(4, fc.record({ kind: of('resume') })),
  weigh(2, fc.record({ kind: of('close') })),
  weigh(4, fc.record({ kind: of('rollOver') })),
  weigh(2, fc.record({ kind: of('project') })),
  weigh(4, fc.record({ kind: of('tell') })),
  weigh(3, fc.record({ kind: of('forget'), instances: fc.integer({ min: 1, max: 5 }) })),
];

const step = fc.oneof(...due, ...cells, ...runs, ...gates, ...edits, ...others);

/** Many steps; some of them end with the removal of the task and a little more. */
export const timeSteps = fc
  .tuple(
    fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
    fc.option(fc.array(step, { maxLength: 8, size: 'max' }), { nil: null, freq: 2 }),
  )
  .map(([all, after]): TimeStep[] =>
    placed(after === null ? all : [...all, { kind: 'remove' }, ...after]),
  );

/** Gives each step its schedule times. */
function placed(steps: NearStep[]): TimeStep[] {
  let latest = 2;
  const at = (offset: number): string => hour(Math.max(1, latest + offset));
  return steps.map((step) => {
    if (step.kind === 'request') return { ...step, times: [...new Set(step.times.map(at))] };
    if (!('time' in step)) return step;
    const time = step.time === null ? null : at(step.time);
    if (step.kind === 'tick') latest += Math.max(0, step.time);
    return { ...step, time } as TimeStep;
  });
}

/** The due time after one. */
export const dueAfter = (time: string): string =>
  new Date(Date.parse(time) + 3_600_000).toISOString();
