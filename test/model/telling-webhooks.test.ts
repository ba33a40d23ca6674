/** What webhooks are told of runs and gates, and which of them are told. */
import type { NoticeEvent, Notifications } from '../../model/notice';
import type { EndedStatus } from '../../model/run';
import { endRun } from '../../model/task-steps';
import { one, two, listed } from '../support/workflows/definition';
import { hour, hourly, TimeMachine, withPolicy } from '../support/workflows/time-machine';

const hook = (name: string, ...events: NoticeEvent[]): Notifications['webhooks'][number] => ({
  url: `https://${name}.example.com/`,
  events: events.length > 0 ? events : ['runFailed', 'runRecovered', 'gateLate', 'gateExpired'],
});
const telling = (...webhooks: Notifications['webhooks']) => ({
  notifications: { webhooks, deadline: 60 },
});
const triggered = { kind: 'triggered', recurrence: null, tables: listed(one, two) } as const;

const events = (machine: TimeMachine) =>
  machine.state.notices.splice(0).map(({ notice }) => notice.event);

/** Runs that are started by hand and end so. @returns what is told of each */
function tellOf(machine: TimeMachine, ...statuses: EndedStatus[]): NoticeEvent[][] {
  return statuses.map((status) => {
    machine.start();
    machine.end(status);
    return events(machine);
  });
}

describe('a run that ends', () => {
  it('is told where it failed or timed out, and where the next one succeeds', () => {
    const machine = new TimeMachine(telling(hook('a')));
    const told = tellOf(machine, 'succeeded', 'failed', 'timedOut', 'succeeded', 'succeeded');
    expect(told).toEqual([[], ['runFailed'], ['runFailed'], ['runRecovered'], []]);
  });

  it('is not told where it was cancelled; a success after that still is a recovery', () => {
    const machine = new TimeMachine(telling(hook('a')));
    const told = tellOf(machine, 'cancelled', 'succeeded', 'failed', 'cancelled', 'succeeded');
    expect(told).toEqual([[], [], ['runFailed'], [], ['runRecovered']]);
  });

  it('is told with its id, status, reason and schedule time', () => {
    const machine = new TimeMachine({ ...telling(hook('a')), name: 'Unify' });
    machine.due(hour(1));
    const id = machine.end('failed');
    expect(machine.state.notices).toMatchObject([
      {
        url: 'https://a.example.com/',
        notice: {
          ...{ event: 'runFailed', tenant: 'default', task: { id: 'task', name: 'Unify' } },
          ...{ scheduleTime: hour(1), missingTables: [] },
          run: { id, status: 'failed', failureReason: 'it went wrong', startedBy: 'schedule' },
          message: 'The task "Unify" has failed: it went wrong',
        },
      },
    ]);
  });

  it('is told in words for a time-out, a recovery and a failure without a reason', () => {
    const machine = new TimeMachine({ ...telling(hook('a')), name: 'Unify' });
    tellOf(machine, 'succeeded');
    machine.start();
    machine.end('timedOut');
    machine.start();
    machine.end();
    const { runId } = machine.state.live ?? { runId: machine.start() };
    const end = { ...machine.endOf(runId, 'failed'), failureReason: null };
    endRun(machine.state, end, machine.context());
    expect(machine.state.notices.map(({ notice }) => notice.message)).toEqual([
      'The task "Unify" has timed out: it went wrong',
      'The task "Unify" has succeeded again.',
      'The task "Unify" has failed: no reason is known',
    ]);
  });

  it('is told with no more than the beginning of a long reason', () => {
    const machine = new TimeMachine(telling(hook('a')));
    const runId = machine.start();
    const end = { ...machine.endOf(runId, 'failed'), failureReason: 'x'.repeat(100_000) };
    endRun(machine.state, end, machine.context());
    const { notice } = machine.state.notices[0]!;
    expect(notice.run?.failureReason).toHaveLength(1000);
    expect(notice.message.length).toBeLessThan(1100);
  });

  it.each(['a due time', 'tables', 'a person'])('is told where %s had started it', (who) => {
    const machine = new TimeMachine({
      ...(who === 'tables' ? triggered : {}),
      ...telling(hook('a')),
    });
    if (who === 'tables') machine.calls([one, two]);
    else if (who === 'a person') machine.start();
    else machine.due(hour(1));
    machine.end('failed');
    expect(events(machine)).toEqual(['runFailed']);
  });

  it('is told of a success without work too', () => {
    const machine = new TimeMachine({
      ...{ ...telling(hook('a')), recurrence: hourly({ mode: 'skip' }) },
    });
    expect(tellOf(machine, 'failed')).toEqual([['runFailed']]);
    machine.due(hour(1));
    expect(events(machine)).toEqual(['runRecovered']);
  });
});

describe('a cell of a backfill', () => {
  it.each(['succeeded', 'failed', 'timedOut', 'cancelled'] as const)(
    'is not told where it %s',
    (status) => {
      const machine = new TimeMachine(telling(hook('a')));
      tellOf(machine, 'failed');
      machine.request(hour(1));
      machine.endCell(hour(1), status);
      expect(events(machine)).toEqual([]);
    },
  );

  it('neither makes a recovery of the next success nor takes one away', () => {
    const machine = new TimeMachine(telling(hook('a')));
    machine.request(hour(1));
    machine.endCell(hour(1), 'failed');
    expect(tellOf(machine, 'succeeded', 'failed')).toEqual([[], ['runFailed']]);
    machine.request(hour(2));
    machine.endCell(hour(2));
    expect(tellOf(machine, 'succeeded')).toEqual([['runRecovered']]);
  });

  it('that a gate serves is told: the gate had started the run', () => {
    const machine = new TimeMachine({
      ...{ ...telling(hook('a')), recurrence: hourly({ catchUp: 'all' }) },
    });
    machine.start();
    machine.due(hour(1));
    machine.request(hour(1));
    machine.end();
    machine.end('failed');
    expect(events(machine)).toEqual(['runFailed']);
  });
});

describe('which webhooks are told', () => {
  const urls = (machine: TimeMachine) => machine.state.notices.splice(0).map(({ url }) => url);

  it('are those that want the event, each with a notice of its own', () => {
    const machine = new TimeMachine({
      ...triggered,
      ...telling(hook('a'), hook('b', 'runFailed'), hook('c', 'gateLate', 'gateExpired')),
      ...withPolicy({ gateExpiry: 120 }),
    });
    machine.start();
    machine.end('failed');
    expect(new Set(machine.state.notices.map(({ notice }) => notice.id)).size).toBe(2);
    expect(urls(machine)).toEqual(['https://a.example.com/', 'https://b.example.com/']);
    machine.start();
    machine.end();
    expect(urls(machine)).toEqual(['https://a.example.com/']);
    machine.call(one, { time: hour(9) });
    machine.until(hour(8));
    machine.passTime();
    expect(urls(machine)).toEqual(['https://a.example.com/', 'https://c.example.com/']);
    machine.call(one);
    machine.later(61_000);
    machine.passTime();
    expect(urls(machine)).toEqual(['https://a.example.com/', 'https://c.example.com/']);
  });

  it('are those of the definition of now, not of when the run began', () => {
    const machine = new TimeMachine(telling(hook('a')));
    machine.start();
    machine.edit(telling(hook('b')));
    machine.end('failed');
    expect(urls(machine)).toEqual(['https://b.example.com/']);
  });

  it('are none where the task has none', () => {
    const machine = new TimeMachine();
    tellOf(machine, 'failed', 'succeeded');
    expect(urls(machine)).toEqual([]);
    expect(tellOf(new TimeMachine(telling()), 'failed')).toEqual([[]]);
  });

  it('are told of what happens after they came: a failure before that can recover', () => {
    const machine = new TimeMachine();
    tellOf(machine, 'failed');
    machine.edit(telling(hook('a')));
    expect(tellOf(machine, 'succeeded')).toEqual([['runRecovered']]);
  });
});

it('keeps no more than a hundred notices that are on their way', () => {
  const machine = new TimeMachine(telling(hook('a'), hook('b')));
  for (let runs = 0; runs < 80; runs += 1) {
    machine.start();
    machine.end('failed');
  }
  expect(machine.state.notices).toHaveLength(100);
});

it('goes on where it was after a roll-over', () => {
  const machine = new TimeMachine(telling(hook('a')));
  tellOf(machine, 'failed');
  machine.rollOver();
  expect(tellOf(machine, 'succeeded')).toEqual([['runRecovered']]);
});
