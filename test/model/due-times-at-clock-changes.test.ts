/** Rule 13 on days on which the clocks change: what a task makes of the due times of such a day. */
import { openCalendar } from '../../model/calendar';
import type { CatchUp, Recurrence } from '../../model/recurrence';
import { daily, hourly } from '../support/lineage-tasks';
import { TimeMachine } from '../support/workflows/time-machine';

const [aMinute, anHour] = [60_000, 3_600_000];
const iso = (at: number): string => new Date(at).toISOString();

/** Delivers the due times of a day by UTC, each so late; every run ends at once. */
function dayOf(recurrence: Recurrence, timezone: string, day: string, lateMs: number): TimeMachine {
  const calendar = openCalendar(recurrence, timezone);
  const from = Date.parse(`${day}T00:00:00Z`);
  const machine = new TimeMachine({ recurrence, timezone });
  for (const at of calendar.between(from, from + 24 * anHour - 1)) {
    machine.until(iso(at + lateMs));
    machine.tick(iso(at), iso(calendar.next(at)!));
    machine.answer('met');
    if (machine.state.live) machine.end();
  }
  return machine;
}

/** How each due time ended, in order: those that are alike together. */
function ends({ state }: TimeMachine): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, attempt } of state.outbox.runs) {
    if (status !== 'queued')
      counts[`${status} ${attempt}`] = (counts[`${status} ${attempt}`] ?? 0) + 1;
  }
  return counts;
}

const hours = (catchUp: CatchUp) => hourly({ catchUp });

describe.each([
  ['Europe/Berlin', '2027-03-28', 24, 0],
  // Of the hour that the clocks show twice the server fires one time, here.
  ['Europe/Berlin', '2027-10-31', 23, 1],
  ['America/New_York', '2027-03-14', 24, 0],
  ['America/New_York', '2027-11-07', 24, 1],
])('in %s on %s', (zone, day, ofHours, ofDay) => {
  it.each(['latest', 'none', 'all'] as const)(
    'each hour that comes is run once, and none is taken for missed (catch-up %s)',
    (catchUp) => {
      expect(ends(dayOf(hours(catchUp), zone, day, 0))).toEqual({ 'succeeded 1': ofHours });
    },
  );

  it('an hour that is delivered just before the next one is due is no late one', () => {
    const machine = dayOf(hours('latest'), zone, day, anHour - aMinute);
    expect(ends(machine)).toEqual({ 'succeeded 1': ofHours });
  });

  it('half past two is run as often as it comes', () => {
    const machine = dayOf(daily('02:30'), zone, day, 0);
    expect(ends(machine)).toEqual(ofDay === 0 ? {} : { 'succeeded 1': ofDay });
  });
});
