/** Choosing among tables lets others have their turn. */
import { takenOf } from '../../connectors/taken';
import { rejection } from './support/sandbox';

const names = Array.from({ length: 30 }, (_, place) => place);

/** A choice that takes 5 ms each. */
function slowly(place: number): boolean {
  const end = performance.now() + 5;
  while (performance.now() < end);
  return place % 2 === 0;
}

test('a slow choice is made in steps, and is whole', async () => {
  let turns = 0;
  const clock = setInterval(() => (turns += 1), 1);
  const taken = await takenOf(names, slowly, new AbortController().signal);
  clearInterval(clock);
  expect(taken).toEqual(names.filter((place) => place % 2 === 0));
  expect(turns).toBeGreaterThan(2);
});

test('and is given up when the run is', async () => {
  const stop = new AbortController();
  const reason = new Error('cancelled');
  let asked = 0;
  const choosing = rejection(
    takenOf(names, (place) => (asked += 1) > 0 && slowly(place), stop.signal),
  );
  setTimeout(() => stop.abort(reason), 1);
  expect(await choosing).toBe(reason);
  expect(asked).toBeLessThan(names.length);
});
