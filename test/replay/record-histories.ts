/**
 * Records the histories that `replay.test.ts` replays, from real runs. Not a test of its own:
 * `node scripts/record-histories.mjs` runs it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { JobError } from '../../model/job-type';
import {
  applyTriggerUpdate,
  editUpdate,
  pauseUpdate,
  removeUpdate,
  resetGateUpdate,
  resumeUpdate,
} from '../../model/messages';
import { noticeWorkflowId, noticeWorkflowType } from '../../model/names';
import { waitUntilProjected } from '../../scheduling/settle';
import { aNotice } from '../support/notices';
import { listed, one, three, two } from '../support/workflows/definition';
import { historyToJson } from '../support/workflows/history';
import { House, makeId, tenant, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

const folder = path.join(__dirname, 'histories');

let house: House;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  house = await House.open();
});
afterAll(() => house.close());

/** Writes what these workflows have done as one file. */
async function keep(name: string, handles: WorkflowHandle[]): Promise<void> {
  const kept = await Promise.all(
    handles.map(async (handle) => ({
      workflowId: handle.workflowId,
      history: scrubbed(historyToJson(await handle.fetchHistory())),
    })),
  );
  writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(kept)}\n`);
}

/** The same without names and paths of the machine; a replay reads neither. */
function scrubbed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(scrubbed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      // Identities, and the names of sticky queues that are made of them.
      if (typeof field === 'string' && /^\d+@/.test(field)) return [name, 'recorder'];
      if (name === 'stackTrace') return [name, ''];
      return [name, scrubbed(field)];
    }),
  );
}

/** Waits until the task has heard how its latest run ended and the store holds all of it. */
async function settled(task: OpenedTask): Promise<void> {
  await house.world.until(() => house.world.tasks.get(task.taskId)?.latestRun?.finishedAt);
  await waitUntilProjected(house.gateway, tenant, task.taskId);
}

async function runningTask(
  given = {},
): Promise<{ task: OpenedTask; runId: string; held: HeldJob }> {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await house.openTask(given);
  await task.call(one, two);
  const { runId } = await house.world.until(() =>
    house.world.tries.find((job) => job.taskId === task.taskId),
  );
  await waitUntilProjected(house.gateway, tenant, task.taskId);
  return { task, runId, held };
}

const update: House['gateway']['update'] = (...args) => house.gateway.update(...args);

it('records a plain round', async () => {
  house.world.job = async () => nothingDone;
  const task = await house.openTask();
  await task.call(one);
  const [receipt] = await task.call(two);
  const { runId } = await house.world.until(() => house.world.ledger.get(receipt!));
  await task.run(runId!).result();
  await settled(task);
  await keep('plain-round', [task.handle, task.run(runId!)]);
});

it('records latched rounds', async () => {
  const { task, runId, held } = await runningTask({ whileRunning: 'latch' });
  await task.call(two, two);
  house.world.job = async () => nothingDone;
  await task.call(one);
  held.end();
  await task.run(runId).result();
  const next = await house.world.until(() =>
    house.world.tries.find((job) => job.taskId === task.taskId && job.runId !== runId),
  );
  await task.run(next.runId).result();
  await house.world.until(() => house.world.tasks.get(task.taskId)?.latestRun?.id === next.runId);
  await settled(task);
  await keep('latch', [task.handle, task.run(runId), task.run(next.runId)]);
});

it('records an edit during a run', async () => {
  const { task, runId, held } = await runningTask();
  const patch = { name: 'Renamed', tables: listed(one, three) };
  await update(tenant, task.taskId, editUpdate, [{ patch, ifVersion: 1 }], makeId());
  held.end();
  await task.run(runId).result();
  await settled(task);
  await keep('edit-during-a-run', [task.handle, task.run(runId)]);
});

it('records cancelled runs', async () => {
  const bySignal = await runningTask();
  await house.gateway.cancelRun(tenant, bySignal.task.taskId, bySignal.runId, 'by somebody');
  const inTemporal = await runningTask();
  await inTemporal.task.run(inTemporal.runId).cancel();
  for (const { task, runId } of [bySignal, inTemporal]) {
    await task.run(runId).result();
    await settled(task);
  }
  await keep('cancel', [
    ...[bySignal.task.handle, bySignal.task.run(bySignal.runId)],
    ...[inTemporal.task.handle, inTemporal.task.run(inTemporal.runId)],
  ]);
});

it('records a run that fails after its tries', async () => {
  house.world.job = async () => {
    throw new JobError('crm.main.one: it went wrong.');
  };
  const task = await house.openTask({
    runPolicy: { timeout: null, rerunMode: 'AllAllowed', rerunTimes: 2, rerunInterval: 1 },
  });
  const runId = await task.start();
  await task.run(runId).result();
  await settled(task);
  await keep('failed-with-retries', [task.handle, task.run(runId)]);
});

it('records a run that is lost', async () => {
  const { task, runId } = await runningTask();
  await task.run(runId).terminate('from outside');
  await settled(task);
  await keep('lost-run', [task.handle]);
});

it('records a removal during a run', async () => {
  const { task, runId } = await runningTask();
  const removal = { by: 'somebody', ifVersion: null };
  await update(tenant, task.taskId, removeUpdate, [removal], makeId());
  await task.handle.result();
  await keep('removal', [task.handle, task.run(runId)]);
});

it('records what is done by hand', async () => {
  const { task, runId, held } = await runningTask();
  const [receipt] = await task.call(one);
  const entry = await house.world.until(() => house.world.ledger.get(receipt!));
  held.end();
  await task.run(runId).result();
  await settled(task);
  await update(tenant, task.taskId, pauseUpdate, [], makeId());
  await update(tenant, task.taskId, applyTriggerUpdate, [{ entry, by: 'somebody' }], makeId());
  await update(tenant, task.taskId, resetGateUpdate, [{ scheduleTime: null }], makeId());
  await update(tenant, task.taskId, resumeUpdate, [], makeId());
  await settled(task);
  await keep('by-hand', [task.handle]);
});

it('records a roll-over with a live run and latched marks', async () => {
  const { task, runId, held } = await runningTask({ whileRunning: 'latch' });
  await task.call(two);
  const before = await house.presentRun(task);
  // One more than `rollOverLimits.due.messages`, in few workflow tasks, so that the file stays small.
  for (let batch = 0; batch < 10; batch += 1) {
    await Promise.all(Array.from({ length: 100 }, () => task.call(two)));
  }
  const after = await before.rolledOver;
  house.world.job = async () => nothingDone;
  held.end();
  await task.run(runId).result();
  await settled(task);
  const history = (id: string) => house.client.workflow.getHandle(task.handle.workflowId, id);
  await keep('roll-over', [history(before.runId), history(after), task.run(runId)]);
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
  await keep('notices', [taken, await deliver()]);
});
