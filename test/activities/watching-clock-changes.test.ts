/** The watchdog on days on which the clocks change, beside what Temporal's server itself fires. */
import type { Recurrence } from '../../model/recurrence';
import type { TaskProjection } from '../../model/task';
import { daily, hourly } from '../support/lineage-tasks';
import { quietActivity } from '../support/quiet-activity';
import { serverTimes, withSchedule } from '../support/server-times';
import { withTemporal } from '../support/temporal';
import { makeSurroundings, recordOf, type Surroundings } from './support/surroundings';

const [aMinute, anHour, aDay] = [60_000, 3_600_000, 86_400_000];
const iso = (at: number): string => new Date(at).toISOString();

let around: Surroundings;
beforeEach(async () => (around = await makeSurroundings()));
afterEach(() => around.close());

/** What the server fires on the day of the change and the ones around it. */
async function fired(recurrence: Recurrence, zone: string, day: string): Promise<number[]> {
  const change = Date.parse(`${day}T00:00:00Z`);
  return withTemporal((client) =>
    withSchedule(client, recurrence, zone, (id) =>
      serverTimes(client, id, change - 2 * aDay, change + 3 * aDay),
    ),
  );
}

async function task(recurrence: Recurrence, timezone: string): Promise<TaskProjection> {
  const made = await around.task({ recurrence, timezone });
  around.port.schedules.push({ tenant: made.tenant, taskId: made.id, paused: false, note: null });
  return made;
}

/** The task has taken a due time. */
function taken(one: TaskProjection, at: number): Promise<void> {
  return around.store.runs.project(recordOf(one, iso(at).slice(0, -1), 'queued'));
}

/** Looks around every five minutes, as the workflow does; the task takes each tick at once. */
async function watchThrough(one: TaskProjection, from: number, to: number): Promise<void> {
  let seen = 0;
  for (let at = from; at <= to; at += 5 * aMinute) {
    const window = { from: iso(at - 15 * aMinute), to: iso(at) };
    await quietActivity().run(around.activities.watch, window);
    const { ticked } = around.port;
    for (const { tick } of ticked.slice(seen)) await taken(one, Date.parse(tick.scheduleTime));
    seen = ticked.length;
  }
}

describe.each([
  ['Europe/Berlin', 'go forward', '2026-03-29'],
  ['Europe/Berlin', 'go back', '2026-10-25'],
  ['America/New_York', 'go forward', '2026-03-08'],
  ['America/New_York', 'go back', '2026-11-01'],
])('when the clocks of %s %s', (zone, _how, day) => {
  // From the evening before to the noon after, with room for what lies before the first window.
  const from = Date.parse(`${day}T00:00:00Z`) - 4 * anHour;
  const to = from + 16 * anHour;

  describe.each([
    ['daily at 02:30', daily('02:30')],
    ['hourly', hourly()],
  ])('of a task that is %s', (_what, recurrence) => {
    it('each time that the server fires is delivered once, with the one after it, and no other', async () => {
      const times = await fired(recurrence, zone, day);
      const one = await task(recurrence, zone);
      await watchThrough(one, from, to);
      const due = times.filter((at) => at > from - 15 * aMinute && at <= to);
      expect(around.port.ticked.map(({ tick }) => tick)).toEqual(
        due.map((at) => ({
          scheduleTime: iso(at),
          nextTime: iso(times.find((other) => other > at)!),
        })),
      );
    });

    it('nothing is missed where the server has delivered all that it fires', async () => {
      const times = await fired(recurrence, zone, day);
      const one = await task(recurrence, zone);
      for (const at of times) await taken(one, at);
      const window = { from: iso(times[0]!), to: iso(times.at(-1)!) };
      const seen = await quietActivity().run(around.activities.watch, window);
      expect(seen).toEqual({ ticked: 0, repaired: 0 });
    });
  });
});

it('a whole outage over a change of the clocks is caught up with at once', async () => {
  const [from, to] = [Date.parse('2026-10-24T12:00:00Z'), Date.parse('2026-10-26T12:00:00Z')];
  const times = await fired(hourly(), 'Europe/Berlin', '2026-10-25');
  await task(hourly(), 'Europe/Berlin');
  await quietActivity().run(around.activities.watch, { from: iso(from), to: iso(to) });
  const ticked = around.port.ticked.map(({ tick }) => Date.parse(tick.scheduleTime));
  expect(ticked).toEqual(times.filter((at) => at > from && at <= to));
  // Of 48 hours the server leaves one out: the one that the clocks show again.
  expect(ticked).toHaveLength(47);
});
