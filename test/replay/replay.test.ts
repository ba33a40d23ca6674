/** Histories of workflows that are under way: the present code must go on with each of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayResult } from '@temporalio/worker';
import { workflowBundle } from '../support/workflows/bundle';
import { historyFromJson } from '../support/workflows/history';
import { quietRuntime } from '../support/workflows/house';

interface Kept {
  workflowId: string;
  history: {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
}

const folder = path.join(__dirname, 'histories');
const former = 'before-recurrence';
/** Those that the present version has written stand in the folder itself, a former one's below. */
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .toSorted();
const ofVersion = (version: string) =>
  names.filter((name) => path.dirname(name) === version).map((name) => path.basename(name));
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Kept[];

async function replay(kept: Kept[]): Promise<ReplayResult[]> {
  const workflows = { workflowBundle: { codePath: await workflowBundle() } };
  const histories = kept.map(({ workflowId, history }) => ({
    ...{ workflowId, history: historyFromJson(history) },
  }));
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories(workflows, histories)) results.push(result);
  return results;
}

beforeAll(quietRuntime);

it('has a history of each thing that may happen to a task', () => {
  expect(ofVersion('.')).toEqual(['notices']);
});

it('keeps what the version before recurrence has written', () => {
  expect(ofVersion(former)).toEqual([
    ...['by-hand', 'cancel', 'edit-during-a-run', 'failed-with-retries', 'latch', 'lost-run'],
    ...['plain-round', 'removal', 'roll-over'],
  ]);
});

it.each(names)('goes on with workflows under way: %s', async (name) => {
  const kept = read(name);
  const results = await replay(kept);
  expect(results.map(({ workflowId }) => workflowId)).toEqual(
    kept.map(({ workflowId }) => workflowId),
  );
  expect(results.map(({ error }) => error?.message)).toEqual(kept.map(() => undefined));
});

it.each(['projectTask', 'recordRun', 'runJob'])(
  'finds a history with another activity in the place of %s',
  async (activity) => {
    const doctored = read(`${former}/plain-round`).filter(({ history }) => {
      const scheduled = history.events
        .map((event) => event.activityTaskScheduledEventAttributes?.activityType)
        .find((type) => type?.name === activity);
      if (scheduled) scheduled.name = 'another';
      return scheduled !== undefined;
    });
    const results = await replay(doctored);
    expect(results).toHaveLength(1);
    expect(results[0]!.error).toBeInstanceOf(DeterminismViolationError);
  },
);
