/** The two levels of retry: tries that the run policy gives, and lost workers, which cost none. */
import { TablegateError } from '../../model/errors';
import { JobError } from '../../model/job-type';
import { defaultRunPolicy, type RunPolicy } from '../../model/task';
import { House } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const policy = (given: Partial<RunPolicy>): { runPolicy: RunPolicy } => ({
  runPolicy: {
    ...defaultRunPolicy,
    rerunInterval: 0,
    ...given,
  },
});
const triesOf = (runId: string) => house.world.tries.filter((job) => job.runId === runId);

it.each(['AllAllowed', 'FailureAllowed'] as const)(
  'tries a failed job again as often as rerunTimes says, with %s',
  async (rerunMode) => {
    house.world.job = async (_context, { tryNumber }) => {
      if (tryNumber < 3) throw new JobError(`crm.main.one: try ${tryNumber} went wrong.`);
      return nothingDone;
    };
    const task = await house.openTask(policy({ rerunMode, rerunTimes: 2 }));
    const runId = await task.start();
    expect(await house.world.ended(runId)).toMatchObject({
      ...{ status: 'succeeded', tries: 3, failureReason: null, failureCause: null },
    });
    expect(triesOf(runId).map((job) => job.tryNumber)).toEqual([1, 2, 3]);
    const reasons = house.world.recordsSeen
      .filter((record) => record.id === runId && record.failureReason !== null)
      .map((record) => record.failureReason);
    expect(reasons).toEqual([
      'Try 1 failed: crm.main.one: try 1 went wrong.',
      'Try 2 failed: crm.main.one: try 2 went wrong.',
    ]);
  },
);

it('fails with the sentence of the last try, and its cause, when the tries are used up', async () => {
  const tables = [
    {
      ...{ table: 'crm.main.one', status: 'failed' as const, rowsRead: 3, rowsWritten: null },
      ...{ error: 'line 4', startedAt: null, finishedAt: null },
    },
  ];
  house.world.job = async (_context, { tryNumber }) => {
    const cause = new Error('unterminated quote');
    throw new JobError(`crm.main.one: try ${tryNumber} went wrong.`, tables, { cause });
  };
  const task = await house.openTask(policy({ rerunTimes: 1 }));
  const runId = await task.start();
  expect(await house.world.ended(runId)).toMatchObject({
    ...{ status: 'failed', tries: 2, tables, progress: null, summary: null },
    failureReason: 'crm.main.one: try 2 went wrong.',
    failureCause: 'unterminated quote',
  });
  const shown = await house.world.until(() => {
    const known = house.world.tasks.get(task.taskId)?.latestRun;
    return known?.finishedAt != null && known;
  });
  expect(shown).toMatchObject({
    ...{ id: runId, status: 'failed', failureReason: 'crm.main.one: try 2 went wrong.' },
  });
});

it('tries a job once where reruns are denied, whatever rerunTimes says', async () => {
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  const task = await house.openTask(policy({ rerunMode: 'AllDenied', rerunTimes: 5 }));
  const runId = await task.start();
  expect(await house.world.ended(runId)).toMatchObject({ status: 'failed', tries: 1 });
  expect(triesOf(runId)).toHaveLength(1);
});

it('does not count a worker that went away as a try', async () => {
  house.world.job = new HeldJob().job;
  const task = await house.openTask();
  const runId = await task.start();
  await house.world.until(() => triesOf(runId).length === 1);
  await house.stopWorkers();
  house.world.job = async () => nothingDone;
  await house.startWorkers();
  expect(await house.world.ended(runId)).toMatchObject({ status: 'succeeded', tries: 1 });
  const [first, second] = triesOf(runId);
  expect([first!.tryNumber, second!.tryNumber]).toEqual([1, 1]);
  expect([first!.activityAttempt, second!.activityAttempt]).toEqual([1, 2]);
  expect(second!.fence).toBeGreaterThan(first!.fence);
});

it('does not count a store that is away as a try', async () => {
  let isAway = true;
  house.world.job = async () => {
    if (isAway) {
      isAway = false;
      throw new TablegateError('storeUnavailable', 'The store does not answer.');
    }
    return nothingDone;
  };
  const task = await house.openTask();
  const runId = await task.start();
  expect(await house.world.ended(runId)).toMatchObject({ status: 'succeeded', tries: 1 });
  expect(triesOf(runId)).toHaveLength(2);
});

it('ends a try that takes longer than its limit as timed out, and tries that again too', async () => {
  house.world.job = async (context, input) =>
    input.tryNumber === 1 ? new HeldJob().job(context, input) : nothingDone;
  // On a busy machine the limit may be over before a job that does nothing has done it.
  const limited = policy({ timeout: 1, rerunTimes: 20 });
  const runId = await (await house.openTask(limited)).start();
  const { status, tries } = await house.world.ended(runId);
  expect(status).toBe('succeeded');
  expect(tries).toBeGreaterThanOrEqual(2);

  const once = await house.openTask(policy({ timeout: 1 }));
  const onlyRun = await once.start();
  expect(await house.world.ended(onlyRun)).toMatchObject({
    ...{ status: 'timedOut', tries: 1 },
    failureReason: 'The job took longer than its limit of 1 s.',
  });
});
