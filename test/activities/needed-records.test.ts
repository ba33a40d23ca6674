/** Which records stay because due times ask for them, over a store that holds these tasks. */
import { neededRecords } from '../../activities/needed-records';
import type { LineageTask } from '../../model/lineage';
import type { NeededRecords, Store } from '../../store';
import { cron, daily, hourly, lineageTaskOf, utc } from '../support/lineage-tasks';
import { quietActivity } from '../support/quiet-activity';

const now = utc('2026-03-15T12:00');
const monthly = cron('0 0 3 1 * ?');

/** Questions to the store about what comes before tasks. */
let questions = 0;
beforeEach(() => (questions = 0));

/** The first needed time of each task that is waited for; those with open gates have their times. */
async function needed(
  tasks: LineageTask[],
  gates: Record<string, string[]> = {},
): Promise<Record<string, string>> {
  const store = {
    tasks: {
      recurring: async () =>
        tasks
          .filter(({ kind }) => kind === 'recurring')
          .map((task) => ({ tenant: 'default', task, openTimes: gates[task.id] ?? [] })),
      upstreamOf: async () => {
        questions += 1;
        return tasks;
      },
    },
  } as unknown as Pick<Store, 'tasks'>;
  const found: NeededRecords[] = await quietActivity().run(() => neededRecords(store, now));
  return Object.fromEntries(found.map(({ taskId, since }) => [taskId, since.slice(0, 16)]));
}

it('a month that the next monthly time asks for, and the one of the last', async () => {
  const days = lineageTaskOf('days', { recurrence: daily('02:00') });
  const month = lineageTaskOf('month', { recurrence: monthly, dependsOn: ['days'] });
  expect(await needed([days, month])).toEqual({ days: '2026-02-02T02:00' });
});

it('as far back as the oldest time that is still open', async () => {
  const days = lineageTaskOf('days', { recurrence: daily('02:00') });
  const month = lineageTaskOf('month', { recurrence: monthly, dependsOn: ['days'] });
  const gates = { month: ['2026-01-01T03:00:00.000Z', '2026-02-01T03:00:00.000Z'] };
  expect(await needed([days, month], gates)).toEqual({ days: '2025-12-02T02:00' });
});

it('the latest time of a task that comes more rarely', async () => {
  const month = lineageTaskOf('month', { recurrence: monthly });
  const days = lineageTaskOf('days', { recurrence: daily('04:00'), dependsOn: ['month'] });
  expect(await needed([month, days])).toEqual({ month: '2026-03-01T03:00' });
});

it('whatever asks for most, also by the tables that are read, and what has no times of its own', async () => {
  const hours = lineageTaskOf('hours', { recurrence: hourly(), writes: ['a.b.c'] });
  const hand = lineageTaskOf('hand');
  const day = lineageTaskOf('day', { recurrence: daily('03:00'), dependsOn: ['hours', 'hand'] });
  const month = lineageTaskOf('month', { recurrence: monthly, reads: ['a.b.c'] });
  expect(await needed([hours, hand, day, month])).toEqual({
    ...{ hours: '2026-02-01T04:00', hand: '2026-03-14T03:00' },
  });
});

it('nothing where nobody waits for others', async () => {
  expect(await needed([lineageTaskOf('day', { recurrence: daily('03:00') })])).toEqual({});
});

it('asks once for all tasks that are read at once', async () => {
  const days = lineageTaskOf('days', { recurrence: daily('02:00') });
  const months = Array.from({ length: 50 }, (_, nr) =>
    lineageTaskOf(`month ${nr}`, { recurrence: monthly, dependsOn: ['days'] }),
  );
  expect(await needed([days, ...months])).toEqual({ days: '2026-02-02T02:00' });
  expect(questions).toBe(1);
});
