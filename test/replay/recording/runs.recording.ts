/**
 * Records what tasks, runs, deliveries and look-ups do (`scripts/record-histories.mjs`), from real runs. Not a
 * test of its own.
 */
import { Context } from '@temporalio/activity';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { defaultRunPolicy } from '../../../model/definition';
import { JobError } from '../../../model/job-type';
import {
  applyTriggerUpdate,
  editUpdate,
  importUpdate,
  pauseUpdate,
  resetGateUpdate,
  resumeUpdate,
  startWithPresentUpdate,
} from '../../../model/messages';
import type { LookUpAnswer, LookUpInput } from '../../../model/look-up';
import {
  lookUpWorkflowId,
  lookUpWorkflowType,
  noticeWorkflowId,
  noticeWorkflowType,
} from '../../../model/names';
import { aNotice } from '../../support/notices';
import type { ImportedTask } from '../../../model/task-steps';
import {
  aDefinition,
  aTaskState,
  listed,
  one,
  three,
  two,
} from '../../support/workflows/definition';
import { makeId, tenant, type House } from '../../support/workflows/house';
import { HeldJob } from '../../support/workflows/world';
import { Recorder } from './recorder';

let recorder: Recorder;
let house: House;
beforeAll(async () => {
  recorder = await Recorder.open();
  house = recorder.house;
});
afterAll(() => house.close());

const update: House['gateway']['update'] = (...args) => house.gateway.update(...args);

it('records a plain round', async () => {
  recorder.doNothing();
  const task = await house.openTask();
  await task.call(one);
  const [receipt] = await task.call(two);
  const { runId } = await house.world.until(() => house.world.ledger.get(receipt!));
  await house.world.ended(runId!);
  await recorder.settled(task);
  await recorder.keep('plain-round', [task.handle, task.run(runId!)]);
});

it('records latched rounds', async () => {
  const { task, runId, held } = await recorder.runningTask({ whileRunning: 'latch' });
  await task.call(two, two);
  recorder.doNothing();
  await task.call(one);
  held.end();
  await house.world.ended(runId);
  const next = await house.world.until(() =>
    house.world.tries.find((job) => job.taskId === task.taskId && job.runId !== runId),
  );
  await house.world.ended(next.runId);
  await house.world.until(() => house.world.tasks.get(task.taskId)?.latestRun?.id === next.runId);
  await recorder.settled(task);
  await recorder.keep('latch', [task.handle, task.run(runId), task.run(next.runId)]);
});

it('records an edit during a run', async () => {
  const { task, runId, held } = await recorder.runningTask();
  const patch = { name: 'Renamed', tables: listed(one, three) };
  await update(tenant, task.taskId, editUpdate, [{ patch, ifVersion: 1 }], makeId());
  held.end();
  await house.world.ended(runId);
  await recorder.settled(task);
  await recorder.keep('edit-during-a-run', [task.handle, task.run(runId)]);
});

it('records what an import brings', async () => {
  recorder.doNothing();
  const definition = aDefinition({ kind: 'manual' });
  const imported = { source: 'erp', externalId: 'nightly' };
  const task = await house.openTaskWith({ ...aTaskState(makeId(), definition), imported });
  const take = (brought: ImportedTask | null) =>
    update(tenant, task.taskId, importUpdate, [{ task: brought, by: 'somebody' }], makeId());
  await take({ patch: { name: 'Renamed' }, paused: true });
  await take({ patch: {}, paused: false });
  const runId = await task.start();
  await house.world.ended(runId);
  await recorder.settled(task);
  await take(null);
  await task.handle.result();
  await recorder.keep('import', [task.handle, task.run(runId)]);
});

it('records a batch’s edit, with its Schedule held back, and a run in a resource group', async () => {
  recorder.doNothing();
  const task = await house.openTask({ kind: 'manual' });
  const edit = (patch: object, holdMs: number) =>
    update(tenant, task.taskId, editUpdate, [{ patch, ifVersion: null, holdMs }], makeId());
  const resource = { resourceGroup: 'main', taskQueue: house.taskQueue };
  await edit({ name: 'Held', runtimeResource: resource }, 300);
  await house.world.until(() => house.world.tasks.get(task.taskId)?.name === 'Held');
  await edit({ name: 'Held again' }, 60_000);
  const runId = await task.start();
  await house.world.ended(runId);
  await recorder.settled(task);
  await recorder.keep('batch-edit', [task.handle, task.run(runId)]);
});

it('records cancelled runs', async () => {
  const bySignal = await recorder.runningTask();
  await house.gateway.cancelRun(tenant, bySignal.task.taskId, bySignal.runId, 'by somebody');
  const inTemporal = await recorder.runningTask();
  await inTemporal.task.run(inTemporal.runId).cancel();
  for (const { task, runId } of [bySignal, inTemporal]) {
    await house.world.ended(runId);
    await recorder.settled(task);
  }
  await recorder.keep('cancel', [
    ...[bySignal.task.handle, bySignal.task.run(bySignal.runId)],
    ...[inTemporal.task.handle, inTemporal.task.run(inTemporal.runId)],
  ]);
});

it('records a run that fails after its tries', async () => {
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  const task = await house.openTask({
    runPolicy: { ...defaultRunPolicy, rerunTimes: 2, rerunInterval: 1 },
  });
  const runId = await task.start();
  await house.world.ended(runId);
  await recorder.settled(task);
  await recorder.keep('failed-with-retries', [task.handle, task.run(runId)]);
});

it('records a run that is lost', async () => {
  const { task, runId } = await recorder.runningTask();
  await task.run(runId).terminate('from outside');
  await recorder.settled(task);
  await recorder.keep('lost-run', [task.handle]);
});

it('records a removal during a run', async () => {
  const { task, runId } = await recorder.runningTask();
  await task.remove();
  await task.handle.result();
  await recorder.keep('removal', [task.handle, task.run(runId)]);
});

it('records what is done by hand', async () => {
  const { task, runId, held } = await recorder.runningTask();
  const [receipt] = await task.call(one);
  const entry = await house.world.until(() => house.world.ledger.get(receipt!));
  held.end();
  await house.world.ended(runId);
  await recorder.settled(task);
  await update(tenant, task.taskId, pauseUpdate, [], makeId());
  await update(tenant, task.taskId, applyTriggerUpdate, [{ entry, by: 'somebody' }], makeId());
  await update(tenant, task.taskId, resetGateUpdate, [{ scheduleTime: null }], makeId());
  await update(tenant, task.taskId, resumeUpdate, [], makeId());
  await recorder.settled(task);
  await recorder.keep('by-hand', [task.handle]);
});

it('records runs with the tables that a gate has', async () => {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await house.openTask();
  const startWith = async (scheduleTime: string | null): Promise<string> => {
    const ask = { scheduleTime, by: 'somebody', known: null };
    const answer = await update(tenant, task.taskId, startWithPresentUpdate, [ask], makeId());
    return answer.runId!;
  };
  await task.call(one);
  const ofRound = await startWith(null);
  await house.world.until(() => house.world.tries.find((job) => job.runId === ofRound));
  held.end();
  await house.world.ended(ofRound);
  await recorder.settled(task);
  const again = new HeldJob();
  house.world.job = again.job;
  const time = '2026-01-01T00:00:00.000Z';
  await task.callAt(time, one);
  const ofTime = await startWith(time);
  await house.world.until(() => house.world.tries.find((job) => job.runId === ofTime));
  await task.callAt(time, two);
  again.end();
  await house.world.ended(ofTime);
  recorder.doNothing();
  await task.callAt(time, one);
  const next = await house.world.until(() =>
    house.world.tries.find(
      ({ taskId, runId }) => taskId === task.taskId && runId !== ofTime && runId !== ofRound,
    ),
  );
  await house.world.ended(next.runId);
  await recorder.settled(task);
  const runs = [ofRound, ofTime, next.runId].map((runId) => task.run(runId));
  await recorder.keep('with-present', [task.handle, ...runs]);
});

it('records a delivery that is taken at the second attempt, and one that is refused', async () => {
  const deliver = async (): Promise<WorkflowHandle> => {
    const notice = aNotice({ id: makeId() });
    const handle = await house.client.workflow.start(noticeWorkflowType, {
      workflowId: noticeWorkflowId(tenant, notice.task.id, notice.id),
      taskQueue: house.taskQueue,
      args: [{ url: 'https://hooks.example.com/', notice }],
    });
    await handle.result();
    return handle;
  };
  let calls = 0;
  house.world.webhook = async () => {
    calls += 1;
    if (calls === 1) throw ApplicationFailure.retryable('It answered 503.', 'deliveryFailed');
    return { status: 200 };
  };
  const taken = await deliver();
  house.world.webhook = async () => {
    throw ApplicationFailure.nonRetryable('It answered 410.', 'deliveryRefused');
  };
  await recorder.keep('notices', [taken, await deliver()]);
});

it('records a look-up that is answered, and one whose worker is lost', async () => {
  const answer: LookUpAnswer = { kind: 'refused', code: 'noResult', detail: 'None yet.' };
  const ask = async (): Promise<WorkflowHandle> => {
    const id = { idType: 'phone', value: '0138' };
    const input: LookUpInput = {
      ...{ tenant, taskId: makeId(), taskNumber: '1', tables: [one], config: {} },
      question: { about: 'user', id },
    };
    const handle = await house.client.workflow.start(lookUpWorkflowType, {
      workflowId: lookUpWorkflowId(tenant, input.taskId, makeId()),
      taskQueue: house.taskQueue,
      args: [input],
    });
    await handle.result();
    return handle;
  };
  house.world.lookUp = async () => answer;
  const answered = await ask();
  // Without a heartbeat both attempts count as lost.
  house.world.lookUp = async () => {
    await Context.current().cancelled;
    return answer;
  };
  await recorder.keep('look-up', [answered, await ask()]);
});
