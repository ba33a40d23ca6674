/** How long an edit is held back, by timers that this file ends. */
import { makeStepContext } from '../../workflows/step-context';

const ends: (() => void)[] = [];
jest.mock('@temporalio/workflow', () => ({
  CancellationScope: { nonCancellable: (work: () => Promise<void>) => work() },
  sleep: () => new Promise<void>((resolve) => ends.push(resolve)),
}));

const endTimer = async (place: number): Promise<void> => {
  ends[place]!();
  await new Promise(setImmediate);
};

beforeEach(() => {
  ends.length = 0;
});

test('its timer ends it, also where the clock has gone back meanwhile', async () => {
  const context = makeStepContext();
  context.holdBack(60_000);
  expect(context.isHeldBack()).toBe(true);
  await endTimer(0);
  expect(context.isHeldBack()).toBe(false);
});

test('the timer of an earlier one does not end a later one', async () => {
  const context = makeStepContext();
  context.holdBack(60_000);
  context.holdBack(90_000);
  await endTimer(0);
  expect(context.isHeldBack()).toBe(true);
  await endTimer(1);
  expect(context.isHeldBack()).toBe(false);
});

test('what is taken, and the end of a history, end it at once', () => {
  const context = makeStepContext();
  context.holdBack(60_000);
  context.holdBack(0);
  expect(context.isHeldBack()).toBe(false);
  context.holdBack(60_000);
  context.close();
  expect(context.isHeldBack()).toBe(false);
});
