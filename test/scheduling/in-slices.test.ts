import type { Slices } from '../../model/slices';
import { inSlices } from '../../scheduling/in-slices';

test('what else is to be done comes in between', async () => {
  let came = false;
  setImmediate(() => (came = true));
  function* untilItCame(): Slices<string> {
    while (!came) yield;
    return 'done';
  }
  expect(await inSlices(untilItCame())).toBe('done');
});

test('what the work throws is thrown', async () => {
  function* broken(): Slices<never> {
    yield;
    throw new Error('no such time');
  }
  await expect(inSlices(broken())).rejects.toThrow('no such time');
});
