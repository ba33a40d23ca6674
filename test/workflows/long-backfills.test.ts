/** A driver goes on in new histories without end, under a steady stream of ends. */
import { defaultRunPolicy } from '../../model/task';
import { backfillWorkflowId } from '../../model/names';
import { House, makeId } from '../support/workflows/house';
import { ScriptedBackfills } from '../support/workflows/scripted-backfills';
import { nothingDone } from '../support/workflows/world';

let house: House;
let store: ScriptedBackfills;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
  store = new ScriptedBackfills(house.world);
});
afterAll(() => house.close());

/** A step takes in at most as many ends as cells may run at once, and adds a dozen events or more. */
const concurrency = 3;
const fewestSteps = 20;
const cells = concurrency * fewestSteps;
/** Some times the limit of `small-roll-over-limits.ts`: one step may add dozens of events. */
const mostEvents = 300;

const hour = (number: number): string =>
  new Date(Date.UTC(2026, 0, 1) + number * 3_600_000).toISOString();

/** Lengths of all histories that a workflow has had. */
async function historyLengths(workflowId: string): Promise<number[]> {
  const handle = house.client.workflow.getHandle(workflowId);
  const lengths: number[] = [];
  for (let { runId } = await handle.describe(); runId;) {
    const history = await house.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    lengths.push(events.length);
    runId = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return lengths;
}

it('runs each cell once, over many histories of driver and tasks', async () => {
  house.world.job = async () => nothingDone;
  const runPolicy = { ...defaultRunPolicy, maxParallel: concurrency };
  const tasks = await Promise.all([0, 1].map(() => house.openTask({ kind: 'manual', runPolicy })));
  const plan = Array.from({ length: cells }, (_, index) => ({
    ...{ taskId: tasks[index % 2]!.taskId, scheduleTime: hour(index) },
    needs: index >= concurrency ? [index - concurrency] : [],
  }));
  const backfill = store.create(makeId(), plan, concurrency);
  await (await house.startDriver(backfill.id)).result();
  expect(backfill.status).toBe('succeeded');
  expect(new Set(backfill.cells.map(({ runId }) => runId)).size).toBe(cells);
  expect(house.world.tries).toHaveLength(cells);
  const numbers = backfill.steps.map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
  expect(numbers.length).toBeGreaterThan(fewestSteps);

  const ofDriver = await historyLengths(backfillWorkflowId('default', backfill.id));
  expect(ofDriver.length).toBeGreaterThan(2);
  for (const { handle } of tasks) {
    const lengths = await historyLengths(handle.workflowId);
    expect(lengths.length).toBeGreaterThan(1);
    expect(Math.max(...lengths)).toBeLessThan(1_000);
  }
  expect(Math.max(...ofDriver)).toBeLessThan(mostEvents);
});
