/** Rules 4, 5, 6 and 9: what the gate of a due time waits for, and how it ends. */
import { describeTask } from '../../model/task-state';
import { judgeGates, takeGatesToJudge, upstreamChanged, whyNotStart } from '../../model/task-steps';
import { hour, hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';

const shown = (machine: TimeMachine) =>
  describeTask(machine.state).gate?.dated.map((gate) => gate.upstream);

/** A machine whose due time of one o'clock was answered so. */
function waiting(upstream: 'waiting' | 'blocked' | 'met' = 'waiting', machine = new TimeMachine()) {
  machine.tick(hour(1));
  machine.answer(upstream);
  return machine;
}

/** A task that is busy, with a due time whose gate is full. */
function waitingForTheRun(): TimeMachine {
  const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
  machine.start();
  return waiting('met', machine);
}

describe('a gate that waits for upstream tasks', () => {
  it('says first that they are asked, then what it waits for', () => {
    const machine = new TimeMachine();
    expect(describeTask(machine.state).gate).toBeNull();
    machine.tick(hour(1));
    expect(shown(machine)).toEqual([{ status: 'asking', reason: null }]);
    machine.answer('waiting', { reason: 'It waits for Load at 01:00.' });
    expect(shown(machine)).toEqual([{ status: 'waiting', reason: 'It waits for Load at 01:00.' }]);
    expect(describeTask(machine.state).gate?.tables).toEqual([]);
  });

  it('has no record and counts no attempt', () => {
    const machine = waiting();
    expect(machine.records(hour(1))).toEqual([]);
    expect(machine.state).toMatchObject({ live: null, runCount: 0 });
  });

  it('does not make the task busy', () => {
    const machine = waiting();
    expect(whyNotStart(machine.state)).toBeNull();
    machine.due(hour(2));
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(2) });
  });

  it('is asked about again at every nudge, and by nothing else', () => {
    const machine = waiting();
    expect(machine.answer('met')).toEqual([]);
    upstreamChanged(machine.state);
    expect(machine.answer('waiting')).toEqual([hour(1)]);
    upstreamChanged(machine.state);
    expect(machine.answer('met')).toEqual([hour(1)]);
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1), attempt: 1 });
  });

  it('is asked about once more where the nudge came while an answer was on its way', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    const scheduleTimes = takeGatesToJudge(machine.state);
    upstreamChanged(machine.state);
    const late = { upstream: 'waiting', reason: null, known: null } as const;
    judgeGates(
      machine.state,
      scheduleTimes.map((scheduleTime) => ({ scheduleTime, ...late })),
      machine.context(),
      machine.state.definition,
    );
    expect(machine.answer('met')).toEqual([hour(1)]);
  });

  it('is not asked about again once it is full', () => {
    const machine = waitingForTheRun();
    const was = structuredClone(machine.state);
    upstreamChanged(machine.state);
    expect(machine.state).toEqual(was);
  });

  it('starts on resume only, while the task is paused', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.pause(true);
    machine.answer('met');
    expect(machine.state.live).toBeNull();
    expect(whyNotStart(machine.state)).toBeNull();
    machine.pause(false);
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
  });
});

it('asks about at most a hundred times at once, the oldest first', () => {
  const machine = new TimeMachine({ recurrence: hourly({ catchUp: 'all' }) });
  for (let number = 250; number > 0; number -= 1) machine.tick(hour(number));
  const asked = [1, 2, 3, 4].map(() => machine.answer('waiting'));
  expect(asked.map((times) => times.length)).toEqual([100, 100, 50, 0]);
  expect(asked.flat()).toEqual(machine.gates());
});

describe('a gate that is blocked', () => {
  it('is shown, with a record that counts as no attempt', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.answer('blocked', { reason: 'Load failed at 01:00.' });
    expect(shown(machine)).toEqual([{ status: 'blocked', reason: 'Load failed at 01:00.' }]);
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'blocked', attempt: 0, finishedAt: null, failureReason: 'Load failed at 01:00.' },
    ]);
    expect(machine.state).toMatchObject({ live: null, runCount: 0 });
  });

  it('has one record however often it is found blocked', () => {
    const machine = waiting('blocked');
    for (const upstream of ['blocked', 'waiting', 'blocked'] as const) {
      upstreamChanged(machine.state);
      machine.answer(upstream, { known: { attempts: 0, status: 'blocked' } });
    }
    expect(machine.state.outbox.runs).toHaveLength(1);
  });

  it('is started by a later success upstream: the same record, its first attempt', () => {
    const machine = waiting('blocked');
    const [{ id } = { id: '' }] = machine.records(hour(1));
    upstreamChanged(machine.state);
    machine.answer('met', { known: { attempts: 0, status: 'blocked' } });
    expect(machine.state.live).toMatchObject({ runId: id, attempt: 1, scheduleTime: hour(1) });
    machine.end();
    expect(machine.records(hour(1))).toMatchObject([{ id, status: 'succeeded', attempt: 1 }]);
  });

  it('keeps its record across a roll-over', () => {
    const machine = waiting('blocked');
    const [{ id } = { id: '' }] = machine.records(hour(1));
    machine.rollOver();
    machine.answer('met', { known: { attempts: 0, status: 'blocked' } });
    expect(machine.state.live).toMatchObject({ runId: id, attempt: 1 });
  });
});

describe('a roll-over', () => {
  it('has every gate that is not full asked about anew, and keeps since when it is open', () => {
    const machine = waiting('waiting');
    const openedAt = machine.state.dated[0]?.upstream?.openedAt;
    machine.rollOver();
    expect(shown(machine)).toEqual([{ status: 'asking', reason: null }]);
    expect(machine.state.dated[0]?.upstream?.openedAt).toBe(openedAt);
    expect(machine.answer('waiting')).toEqual([hour(1)]);
  });

  it('asks nothing about a gate that is full', () => {
    const machine = waitingForTheRun();
    machine.rollOver();
    expect(machine.answer('waiting')).toEqual([]);
    machine.end();
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
  });
});

describe('an answer', () => {
  it('that comes with a record of the instance drops the gate', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    machine.answer('met', { known: { attempts: 0, status: 'skipped' } });
    expect(machine.state).toMatchObject({ dated: [], live: null, runCount: 0 });
    expect(machine.state.outbox.runs).toEqual([]);
  });

  it('changes nothing for a gate that has gone, or that the live run belongs to', () => {
    const machine = waiting('met');
    const judgements = [hour(1), hour(2)].map((scheduleTime) => ({
      ...{ scheduleTime, upstream: 'blocked' as const, reason: null, known: null },
    }));
    const was = structuredClone(machine.state);
    judgeGates(machine.state, judgements, machine.context(), machine.state.definition);
    expect(machine.state).toEqual({ ...was, revision: was.revision + 1 });
  });
});

describe('an edit', () => {
  it('has every gate judged anew; one that is no longer full withdraws its request', () => {
    const machine = waitingForTheRun();
    machine.edit({ dependsOn: ['0'.repeat(32)] });
    expect(machine.answer('waiting')).toEqual([hour(1)]);
    machine.end();
    expect(machine.state.live).toBeNull();
    upstreamChanged(machine.state);
    machine.answer('met');
    expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
  });

  it('makes answers to what was asked before it worthless', () => {
    const machine = new TimeMachine();
    machine.tick(hour(1));
    const { definition } = machine.state;
    const [scheduleTime] = takeGatesToJudge(machine.state);
    machine.edit({ dependsOn: ['0'.repeat(32)] });
    const former = { scheduleTime: scheduleTime!, upstream: 'met', reason: null, known: null };
    judgeGates(machine.state, [{ ...former, upstream: 'met' }], machine.context(), definition);
    expect(machine.state.live).toBeNull();
    expect(machine.answer('waiting')).toEqual([hour(1)]);
  });

  it('leaves the gate of the live run as it is', () => {
    const machine = waiting('met');
    machine.edit({ dependsOn: ['0'.repeat(32)] });
    expect(machine.answer('waiting')).toEqual([]);
    expect(machine.gates()).toEqual([hour(1)]);
    machine.end();
    expect(machine.gates()).toEqual([]);
  });
});

describe('an open due time is settled without a run', () => {
  it.each(['waiting', 'blocked'] as const)('as missed where a %s gate expires', (upstream) => {
    const machine = waiting(upstream, new TimeMachine(withPolicy({ gateExpiry: 3600 })));
    const before = machine.records(hour(1));
    machine.later(3_590_000);
    machine.passTime();
    expect(machine.gates()).toEqual([hour(1)]);
    machine.later(10_000);
    machine.passTime();
    expect(machine.gates()).toEqual([]);
    const after = machine.records(hour(1));
    expect(after).toMatchObject([{ status: 'missed', attempt: 0 }]);
    expect(after[0]?.failureReason).toBe(`its gate has expired; Upstream is ${upstream}`);
    expect(after[0]?.finishedAt).not.toBeNull();
    expect(after[0]?.id).toBe(before[0]?.id ?? after[0]?.id);
  });

  it.each(['waiting', 'blocked', 'met'] as const)(
    'as skipped where the kind of a task with a %s gate changes',
    (upstream) => {
      const machine = new TimeMachine();
      machine.tick(hour(1));
      machine.pause(true);
      machine.answer(upstream);
      machine.edit({ kind: 'manual' });
      expect(machine.gates()).toEqual([]);
      expect(machine.records(hour(1))).toMatchObject([
        { status: 'skipped', attempt: 0, failureReason: 'the task is manual now' },
      ]);
    },
  );

  it.each(['waiting', 'blocked'] as const)('as skipped where the task is removed', (upstream) => {
    const machine = waiting(upstream);
    machine.remove();
    expect(machine.gates()).toEqual([]);
    expect(machine.records(hour(1))).toMatchObject([
      { status: 'skipped', attempt: 0, failureReason: 'the task has been removed' },
    ]);
  });

  it('but not where its run is live: that one is recorded as it ends', () => {
    const machine = waiting('met');
    machine.remove();
    machine.end('cancelled');
    expect(machine.records(hour(1))).toMatchObject([{ status: 'cancelled', attempt: 1 }]);
  });
});

it('does not let a full gate expire', () => {
  const machine = waitingForTheRun();
  machine.later(400 * 86_400_000);
  machine.passTime();
  machine.end();
  expect(machine.state.live).toMatchObject({ scheduleTime: hour(1) });
});
