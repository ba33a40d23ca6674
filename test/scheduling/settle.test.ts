import { waitUntilProjected } from '../../scheduling/settle';

test('lists wait for what was just changed as long as the gateway is patient, and no longer', async () => {
  let asked = 0;
  const isProjected = () => Promise.resolve((asked += 1) === 4);
  await waitUntilProjected({ isProjected, patient: () => 0 }, 'default', 'task');
  expect(asked).toBe(0);
  await waitUntilProjected({ isProjected, patient: (ms) => 100 * ms }, 'default', 'task');
  expect(asked).toBe(4);
});
