/** A question is answered by a worker with room for it, for as long as somebody waits. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import { lookUpWorkflowId, lookUpWorkflowType } from '../../model/names';
import type { LookUpAnswer, LookUpInput } from '../../model/look-up';
import { TemporalGateway } from '../../scheduling/gateway';
import type { lookUp } from '../../workflows/look-up';
import { lookedUpUser, taskId } from '../support/samples';
import { eventTypes } from '../support/workflows/history';
import { House, makeId } from '../support/workflows/house';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const input: LookUpInput = {
  ...{ tenant: 'default', taskId, taskNumber: '1', tables: ['crm.main.t'], config: {} },
  question: { about: 'user', id: { idType: 'phone', value: '0138' } },
};
const found: LookUpAnswer = { kind: 'user', user: lookedUpUser };

/** A gateway beside that of the house; with a patience of 1 it waits for a worker as is usual. */
function anotherGateway(howPatient: number): TemporalGateway {
  const { client, taskQueue } = house;
  const options = { taskQueue, uiUrl: null, searchAttributes: () => false, patience: howPatient };
  return new TemporalGateway(client, options);
}

/** Starts one past the gateway. */
function start(): Promise<WorkflowHandle<typeof lookUp>> {
  return house.client.workflow.start<typeof lookUp>(lookUpWorkflowType, {
    workflowId: lookUpWorkflowId('default', taskId, makeId()),
    taskQueue: house.taskQueue,
    args: [input],
  });
}

/** Answers that are held back until the test lets them go. */
function holdAnswers(): { begun(count: number): Promise<string[]>; release(): void } {
  const ids: string[] = [];
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  house.world.lookUp = async () => {
    const { info, cancelled } = Context.current();
    ids.push(info.workflowExecution?.workflowId ?? '');
    house.world.changed();
    const beat = setInterval(() => Context.current().heartbeat(), 200);
    await Promise.race([released, cancelled]).finally(() => clearInterval(beat));
    return found;
  };
  const begun = (count: number) => house.world.until(() => ids.length >= count && ids);
  return { begun, release };
}

/** Changes how a question is tried, as no test can wait for so long. */
async function change(
  handle: WorkflowHandle,
  activityOptions: temporal.api.activity.v1.IActivityOptions,
  path: string,
): Promise<void> {
  const { workflowId } = handle;
  while (!(await eventTypes(handle)).includes('EVENT_TYPE_ACTIVITY_TASK_SCHEDULED'));
  await house.client.workflowService.updateActivityOptions({
    ...{ namespace: 'tablegate', execution: { workflowId }, type: 'answerLookUp' },
    ...{ activityOptions, updateMask: { paths: [path] } },
  });
}

/** Resolves when Temporal knows nothing of it any more; the test's time limit bounds this. */
async function untilForgotten(workflowId: string): Promise<void> {
  const handle = house.client.workflow.getHandle(workflowId);
  for (;;) {
    const error = await handle.describe().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (error instanceof WorkflowNotFoundError) return;
    await sleep(50);
  }
}

/** Questions that nobody waits for any more. */
const over: string[] = [];

test('the worker’s answer is given', async () => {
  const { begun, release } = holdAnswers();
  const answer = house.gateway.lookUp(input, 'Unify');
  const [workflowId] = (await begun(1)) as [string];
  expect(workflowId).toMatch(new RegExp(`^look/default/${taskId}/[0-9a-f]{32}$`));
  const description = await house.client.workflow.getHandle(workflowId).describe();
  expect(await description.staticSummary()).toBe('Look-up in "Unify"');
  release();
  expect(await answer).toEqual(found);
  over.push(workflowId);
});

test('a refusal is an answer too', async () => {
  const refusal: LookUpAnswer = { kind: 'refused', code: 'noResult', detail: 'None yet.' };
  house.world.lookUp = async () => refusal;
  expect(await house.gateway.lookUp(input, 'Unify')).toEqual(refusal);
});

test('questions have a queue of their own, so that none of them waits for jobs', async () => {
  house.world.lookUp = async () => found;
  const handle = await start();
  expect(await handle.result()).toEqual(found);
  const { events } = await handle.fetchHistory();
  const queues = (events ?? []).flatMap(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.taskQueue?.name ?? [],
  );
  expect(queues).toEqual([`${house.taskQueue}-look-ups`]);
});

test('a third question waits while a worker is at two, and is refused where that lasts', async () => {
  const { begun, release } = holdAnswers();
  const [first, second] = [await start(), await start()];
  await begun(2);
  const third = await start();
  await change(third, { scheduleToStartTimeout: msToTs('1 s') }, 'schedule_to_start_timeout');
  expect(await third.result()).toMatchObject({ kind: 'refused', code: 'tooManyLookUps' });
  const fourth = await start();
  release();
  const answers = await Promise.all([first, second, fourth].map((handle) => handle.result()));
  expect(answers).toEqual([found, found, found]);
});

test('a question whose worker is lost is put to another one', async () => {
  let attempts = 0;
  house.world.lookUp = async () => {
    attempts += 1;
    // Without a heartbeat it counts as lost.
    if (attempts === 1) await Context.current().cancelled;
    return found;
  };
  const handle = await start();
  expect(await handle.result()).toEqual(found);
  expect(attempts).toBe(2);
});

test('a question that no worker brings to an end in time is refused', async () => {
  const { begun, release } = holdAnswers();
  const handle = await start();
  await begun(1);
  await change(handle, { scheduleToCloseTimeout: msToTs('1 s') }, 'schedule_to_close_timeout');
  expect(await handle.result()).toMatchObject({ kind: 'refused', code: 'lookUpTooLarge' });
  release();
});

test('with no worker the caller is told so, and the question is forgotten', async () => {
  await house.stopWorkers();
  try {
    await expect(anotherGateway(1).lookUp(input, 'Unify')).rejects.toMatchObject({
      ...{
        code: 'workerUnavailable',
        message: 'No worker answered in time; start one and ask again.',
      },
    });
  } finally {
    let asked = 0;
    house.world.lookUp = async () => {
      asked += 1;
      return found;
    };
    await house.startWorkers();
    expect(await house.gateway.lookUp(input, 'Unify')).toEqual(found);
    expect(asked).toBe(1);
  }
});

test('a server that is being stopped lets nobody wait for an answer', async () => {
  const { begun, release } = holdAnswers();
  const gateway = anotherGateway(3);
  const answer = gateway.lookUp(input, 'Unify').catch((error: unknown) => error);
  const [workflowId] = (await begun(1)) as [string];
  await gateway.settled();
  expect(await answer).toMatchObject({ code: 'notReady' });
  over.push(workflowId);
  release();
});

test('nothing of a question stays in Temporal when nobody waits for its answer any more', async () => {
  expect(over).toHaveLength(2);
  await Promise.all(over.map(untilForgotten));
});
