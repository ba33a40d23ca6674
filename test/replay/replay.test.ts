/** Histories of workflows that are under way: the present code must go on with each of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker, type ReplayResult } from '@temporalio/worker';
import { workflowBundle } from '../support/workflows/bundle';
import { historyFromJson } from '../support/workflows/history';
import { quietRuntime } from '../support/workflows/house';
import { smallLimitsFolder } from './recording/recorder';

interface Kept {
  workflowId: string;
  history: {
    events: { activityTaskScheduledEventAttributes?: { activityType: { name: string } } }[];
  };
}

const folder = path.join(__dirname, 'histories');
/** What the version before recurrence has written; what the present one has stands beside it. */
const former = 'before-recurrence';
/** What was written before a full task was left alone for a while, and an expired gate recorded. */
const beforeMissedGates = 'before-missed-gates';
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .toSorted();
const ofFolder = (folderName: string) =>
  names.filter((name) => path.dirname(name) === folderName).map((name) => path.basename(name));
const read = (name: string) =>
  JSON.parse(readFileSync(path.join(folder, `${name}.json`), 'utf8')) as Kept[];

async function replay(kept: Kept[], name = ''): Promise<ReplayResult[]> {
  const smallLimits = name.startsWith(`${smallLimitsFolder}/`);
  const workflows = { workflowBundle: { codePath: await workflowBundle({ smallLimits }) } };
  const histories = kept.map(({ workflowId, history }) => ({
    ...{ workflowId, history: historyFromJson(history) },
  }));
  const results: ReplayResult[] = [];
  for await (const result of Worker.runReplayHistories(workflows, histories)) results.push(result);
  return results;
}

beforeAll(quietRuntime);

it('has a history of each thing that may happen to a task', () => {
  expect(ofFolder('.')).toEqual([
    ...['backfill', 'batch-edit', 'by-hand', 'cancel', 'cancel-queued', 'cells', 'cells-killed'],
    ...['due-time', 'due-time-blocked', 'due-time-edited', 'edit-during-a-run'],
    ...[
      'failed-with-retries',
      'fewer-slots',
      'former-generation',
      'full-task',
      'import',
      'latch',
      'late-gate',
      'look-up',
      'lost-run',
    ],
    ...['mode-skip', 'notices', 'plain-round', 'removal', 'schedule', 'schedule-tick', 'watchdog'],
    'with-present',
  ]);
  expect(ofFolder(smallLimitsFolder)).toEqual([
    ...['backfill', 'cells-at-the-end', 'cells-roll-over', 'roll-over'],
  ]);
});

it('keeps what the version before recurrence has written', () => {
  expect(ofFolder(former)).toEqual([
    ...['by-hand', 'cancel', 'edit-during-a-run', 'failed-with-retries', 'latch', 'lost-run'],
    ...['plain-round', 'removal', 'roll-over'],
  ]);
});

it('keeps what was written before missed gates were recorded', () => {
  expect(ofFolder(beforeMissedGates)).toEqual(['expired-gate', 'full-task', 'late-gate']);
});

it.each(names)('goes on with workflows under way: %s', async (name) => {
  const kept = read(name);
  const results = await replay(kept, name);
  expect(results.map(({ workflowId }) => workflowId)).toEqual(
    kept.map(({ workflowId }) => workflowId),
  );
  expect(results.map(({ error }) => error?.message)).toEqual(kept.map(() => undefined));
});

it.each([
  ['projectTask', 'plain-round'],
  ['runJob', 'plain-round'],
  ['recordRun', `${former}/plain-round`],
  ['judgeNeeds', 'due-time'],
  ['syncSchedule', 'schedule'],
  ['advanceBackfill', 'backfill'],
  ['watch', 'watchdog'],
  ['deliverNotice', 'notices'],
  ['answerLookUp', 'look-up'],
])('finds a history with another activity in the place of %s', async (activity, name) => {
  const doctored = read(name).filter(({ history }) => {
    const scheduled = history.events
      .map((event) => event.activityTaskScheduledEventAttributes?.activityType)
      .find((type) => type?.name === activity);
    if (scheduled) scheduled.name = 'another';
    return scheduled !== undefined;
  });
  const results = await replay(doctored);
  expect(results.length).toBeGreaterThan(0);
  for (const { error } of results) expect(error).toBeInstanceOf(DeterminismViolationError);
});
