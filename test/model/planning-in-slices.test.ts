/** Plans are made in slices: what else a process has to do comes in between. */
import fc from 'fast-check';
import { makePlan } from '../../model/plan';
import type { PlannedTask } from '../../model/plan-times';
import { mergeInSlices, type Slices } from '../../model/slices';
import { inOneGo } from '../support/in-one-go';
import { hourly, timesOf } from '../support/lineage-tasks';

/** Counts how often the elements of lists are looked at. */
class Looks {
  count = 0;

  at<Item>(list: Item[]): Item[] {
    return new Proxy(list, {
      get: (target, name) => {
        if (typeof name === 'string' && /^\d+$/.test(name)) this.count += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
  }
}

/** The most looks of one slice. */
function longestSlice(looks: Looks, work: Slices<unknown>): number {
  let longest = 0;
  for (let done = false; !done;) {
    looks.count = 0;
    done = work.next().done ?? false;
    longest = Math.max(longest, looks.count);
  }
  return longest;
}

const anHour = 3_600_000;

it('a large plan is made without any long slice, also where many tasks and marks are in it', () => {
  const looks = new Looks();
  const recurrence = hourly({ startTime: '2020-01-01T00:00:00Z' });
  const planned = Array.from({ length: 3_000 }, (_, nr) => Date.UTC(2024, 0, 1) + nr * anHour);
  const tasks = ['a', 'b', 'c'].map((id, nr): PlannedTask => ({
    times: timesOf(id, { recurrence, dependsOn: nr === 0 ? [] : ['a'] }),
    planned: looks.at(planned),
  }));
  const marks = planned.map((at) => ({
    ...{ taskId: 'm', table: 'crm.main.a', scheduleTime: new Date(at).toISOString() },
  }));
  const details = { marks: looks.at(marks), existing: 'rerun' as const, known: () => null };
  expect(longestSlice(looks, makePlan(tasks, details))).toBeLessThan(1_000);
});

describe('lists that are merged', () => {
  const compare = (one: { key: number }, other: { key: number }): number => one.key - other.key;
  const lists = fc
    .array(fc.array(fc.nat({ max: 20 }), { maxLength: 12 }), { maxLength: 7 })
    .map((all) =>
      all.map((keys, list) => keys.toSorted((a, b) => a - b).map((key) => ({ key, list }))),
    );

  it('are in order, equal ones in the order of the lists', () => {
    fc.assert(
      fc.property(lists, (all) => {
        const merged = inOneGo(mergeInSlices(all, compare));
        expect(merged).toEqual(all.flat().toSorted(compare));
      }),
    );
  });
});
