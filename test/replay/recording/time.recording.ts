/** Records what time and backfills bring about. Not a test of its own. */
import { defaultRunPolicy } from '../../../model/definition';
import {
  backfillChangedSignal,
  cancelRunUpdate,
  instancesStoppedSignal,
  upstreamChangedSignal,
  type ScheduleTickInput,
} from '../../../model/messages';
import { tickWorkflowId, tickWorkflowType, watchdogWorkflowType } from '../../../model/names';
import type { Recurrence } from '../../../model/recurrence';
import type { TaskDefinition } from '../../../model/task';
import { HeldJobs, hour, hours, requestCells } from '../../support/workflows/cells';
import { one, two } from '../../support/workflows/definition';
import { aFormerState } from '../../support/workflows/former-state';
import { eventTypes, signalNames } from '../../support/workflows/history';
import { makeId, tenant, type House, type OpenedTask } from '../../support/workflows/house';
import { Mailbox } from '../../support/workflows/mailbox';
import { ScriptedBackfills } from '../../support/workflows/scripted-backfills';
import { HeldJob } from '../../support/workflows/world';
import { Recorder } from './recorder';

let recorder: Recorder;
let house: House;
beforeAll(async () => {
  recorder = await Recorder.open();
  house = recorder.house;
});
afterAll(() => house.close());
beforeEach(() => {
  recorder.doNothing();
  answer('met');
});

const daily: Recurrence = {
  ...{ every: 'day', at: '02:30', startTime: null, endTime: null },
  ...{ mode: 'normal', catchUp: 'all' },
};
const [due, next] = ['2026-03-01T02:30:00.000Z', '2026-03-02T02:30:00.000Z'];

function openDaily(given: Partial<TaskDefinition> = {}): Promise<OpenedTask> {
  return house.openTask({ kind: 'recurring', recurrence: daily, ...given });
}

/** How upstream tasks stand from now on. */
function answer(upstream: 'met' | 'waiting' | 'blocked'): void {
  house.world.needs = async ({ scheduleTimes }) =>
    scheduleTimes.map((scheduleTime) => ({
      ...{ scheduleTime, upstream, known: null },
      reason: upstream === 'met' ? null : 'Load at 2026-03-01 01:00 has not succeeded.',
    }));
}

async function cancelRun({ taskId }: OpenedTask, runId: string): Promise<void> {
  const args: [{ runId: string; reason: string }] = [{ runId, reason: 'by somebody' }];
  await house.gateway.update(tenant, taskId, cancelRunUpdate, args, makeId());
}

/** Id of the task's run for this time, once it has ended. */
async function endOf({ taskId }: OpenedTask, scheduleTime: string): Promise<string> {
  const { id } = await house.world.until(() =>
    [...house.world.runs.values()].find(
      (run) =>
        run.taskId === taskId &&
        run.scheduleTime === scheduleTime &&
        run.attempt > 0 &&
        run.finishedAt !== null,
    ),
  );
  return id;
}

it('records due times that are met at once, one of them while a run is live', async () => {
  const task = await openDaily();
  const held = new HeldJob();
  house.world.job = held.job;
  await task.tick(due);
  await house.world.until(() => house.world.tries.find(({ taskId }) => taskId === task.taskId));
  await task.tick(next);
  await house.settled(task);
  held.end();
  const runIds = [await endOf(task, due), await endOf(task, next)];
  await house.settled(task);
  await recorder.keep('due-time', [task.handle, ...runIds.map((id) => task.run(id))]);
});

it('records a due time that is blocked, waits and is met', async () => {
  answer('blocked');
  const task = await openDaily();
  const status = () => house.world.tasks.get(task.taskId)?.gate?.dated[0]?.upstream?.status;
  await task.tick(due);
  await house.world.until(() => status() === 'blocked');
  answer('waiting');
  await task.handle.signal(upstreamChangedSignal);
  await house.world.until(() => status() === 'waiting');
  answer('met');
  await task.handle.signal(upstreamChangedSignal);
  const runId = await endOf(task, due);
  await house.settled(task);
  await recorder.keep('due-time-blocked', [task.handle, task.run(runId)]);
});

it('records a due time whose task is edited while upstream tasks are asked about', async () => {
  const { needs } = house.world;
  let asked = 0;
  let edited: () => void = () => undefined;
  const edit = new Promise<void>((resolve) => {
    edited = resolve;
  });
  house.world.needs = async (ask) => {
    asked += 1;
    house.world.changed();
    await edit;
    return needs(ask);
  };
  const task = await openDaily();
  await task.tick(due);
  await house.world.until(() => asked === 1);
  await task.edit({ dependsOn: [makeId()] });
  edited();
  const runId = await endOf(task, due);
  await house.settled(task);
  await recorder.keep('due-time-edited', [task.handle, task.run(runId)]);
});

it('records a due time where the mode is skip', async () => {
  const task = await openDaily({ recurrence: { ...daily, mode: 'skip' } });
  await task.tick(due);
  await endOf(task, due);
  await house.settled(task);
  await recorder.keep('mode-skip', [task.handle]);
});

it('records a Schedule that is kept, changed and dropped', async () => {
  const task = await openDaily();
  await house.settled(task);
  await task.edit({ timezone: 'Europe/Berlin' });
  await house.settled(task);
  await task.edit({ kind: 'manual' });
  await house.settled(task);
  await task.edit({ kind: 'recurring' });
  await house.settled(task);
  await task.remove();
  await task.handle.result();
  await recorder.keep('schedule', [task.handle]);
});

it('records a due time on its way to its task, and one whose task is gone', async () => {
  const task = await house.openTask({ kind: 'manual' });
  const tick = async (): Promise<ReturnType<typeof house.client.workflow.getHandle>> => {
    const { taskId } = task;
    const input: ScheduleTickInput = { tenant, taskId, recurrence: daily, timezone: 'UTC' };
    const handle = await house.client.workflow.start(tickWorkflowType, {
      workflowId: tickWorkflowId(tenant, taskId),
      taskQueue: house.taskQueue,
      args: [input],
    });
    await handle.result();
    return house.client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId);
  };
  const taken = await tick();
  await task.remove();
  await task.handle.result();
  await recorder.keep('schedule-tick', [taken, await tick()]);
});

it('records cells, joined and skipped ones among them', async () => {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const runPolicy = { ...defaultRunPolicy, maxParallel: 2 };
  const task = await house.openTask({ kind: 'manual', runPolicy });
  const [backfill, other] = await Promise.all(
    [0, 1].map(() => Mailbox.open(house.client, makeId())),
  );
  await requestCells(task, backfill!.id, hours(3));
  const runIds = await jobs.until(2);
  await requestCells(task, other!.id, [hour(2)]);
  await requestCells(task, other!.id, [hour(3)], { existing: 'skip', attempts: 1 });
  await house.settled(task);
  jobs.endAll();
  await backfill!.ends(3);
  await other!.ends(2);
  await house.settled(task);
  await recorder.keep('cells', [task.handle, ...runIds.map((id) => task.run(id))]);
});

it('records cells that are killed and handed back', async () => {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const task = await house.openTask({ kind: 'manual' });
  const backfill = await Mailbox.open(house.client, makeId());
  await requestCells(task, backfill.id, hours(2));
  const [runId] = await jobs.until(1);
  await task.handle.signal(instancesStoppedSignal, { backfill: backfill.id, kill: true });
  await backfill.ends(2);
  await house.settled(task);
  await recorder.keep('cells-killed', [task.handle, task.run(runId!)]);
});

it('records a run that is cancelled while cells hold its slot, and one told through its task', async () => {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const task = await house.openTask({ kind: 'manual' });
  const backfill = await Mailbox.open(house.client, makeId());
  await requestCells(task, backfill.id, hours(1));
  const [cell] = await jobs.until(1);
  const waiting = await task.start();
  await cancelRun(task, waiting);
  jobs.end(cell!);
  await backfill.ends(1);
  const live = await task.start();
  await jobs.until(1);
  await cancelRun(task, live);
  await house.world.ended(live);
  await house.settled(task);
  await recorder.keep('cancel-queued', [task.handle, task.run(cell!), task.run(live)]);
});

it('records a run that is cancelled after an edit took slots while it was being started', async () => {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  for (;;) {
    const task = await house.openTask({
      kind: 'manual',
      runPolicy: { ...defaultRunPolicy, maxParallel: 2 },
    });
    const backfill = await Mailbox.open(house.client, makeId());
    await requestCells(task, backfill.id, hours(1));
    const [cell] = await jobs.until(1);
    const fewer = { runPolicy: { ...defaultRunPolicy, maxParallel: 1 } };
    const [live] = await Promise.all([task.start(), task.edit(fewer)]);
    await cancelRun(task, live);
    await house.world.ended(live);
    jobs.end(cell!);
    await backfill.ends(1);
    await house.settled(task);
    // Where the edit came before or after the start was under way, it is tried again.
    const { events } = await task.handle.fetchHistory();
    const patches = (events ?? []).flatMap(({ markerRecordedEventAttributes: marker }) =>
      (marker?.details?.['patch-data']?.payloads ?? []).map(({ data }) => String(data)),
    );
    if (!patches.some((patch) => patch.includes('kept-slots'))) continue;
    return recorder.keep('fewer-slots', [task.handle, task.run(cell!), task.run(live)]);
  }
});

it('records a driver that is paused, goes on and drops a task', async () => {
  const store = new ScriptedBackfills(house.world);
  const [task, gone] = await Promise.all([0, 1].map(() => house.openTask({ kind: 'manual' })));
  await gone!.remove();
  await gone!.handle.result();
  const held = new HeldJob();
  house.world.job = held.job;
  const { taskId } = task!;
  const backfill = store.create(makeId(), [
    { taskId: gone!.taskId, scheduleTime: hour(0) },
    ...hours(3).map((scheduleTime) => ({ taskId, scheduleTime })),
    { taskId, scheduleTime: hour(3), needs: [0] },
  ]);
  const driver = await house.startDriver(backfill.id);
  await house.world.until(() => house.world.tries.find((job) => job.taskId === taskId));
  const states = (): string => backfill.cells.map(({ state }) => state).join();
  backfill.status = 'paused';
  await driver.signal(backfillChangedSignal, { kill: false });
  await house.world.until(() => states() === 'dropped,running,waiting,waiting,blocked');
  backfill.status = 'running';
  await driver.signal(backfillChangedSignal, { kill: false });
  held.end();
  await driver.result();
  await recorder.keep('backfill', [driver]);
});

it('records a driver whose task takes no more for a while', async () => {
  const store = new ScriptedBackfills(house.world);
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const task = await house.openTask({ kind: 'manual' });
  const other = await Mailbox.open(house.client, makeId());
  await requestCells(task, other.id, hours(500));
  await jobs.until(1);
  const { taskId } = task;
  const backfill = store.create(makeId(), [{ taskId, scheduleTime: hour(500) }]);
  const driver = await house.startDriver(backfill.id);
  while (!(await signalNames(driver)).includes('instancesEnded'));
  await task.handle.signal(instancesStoppedSignal, { backfill: other.id, kill: false });
  jobs.endAll();
  await driver.result();
  await recorder.keep('full-task', [driver]);
});

it('records a watchdog that has looked around', async () => {
  const dog = await house.client.workflow.start(watchdogWorkflowType, {
    workflowId: `watchdog/${makeId()}`,
    taskQueue: house.taskQueue,
    args: [{ watchedTo: null, prunedAt: 0 }],
  });
  while (!(await eventTypes(dog)).includes('EVENT_TYPE_TIMER_STARTED'));
  await recorder.keep('watchdog', [dog]);
  await dog.terminate();
});

it('records gates that are late and expire, and a run of what was missed', async () => {
  const task = await house.openTask({
    notifications: {
      webhooks: [{ url: 'https://hooks.example.com/', events: ['gateLate', 'gateExpired'] }],
      deadline: 1,
    },
    runPolicy: { ...defaultRunPolicy, gateExpiry: 1 },
  });
  const told = new Set<string>();
  house.world.webhook = async ({ notice }) => {
    told.add(notice.event);
    house.world.changed();
    return { status: 200 };
  };
  await task.call(one);
  await task.callAt(due, one);
  await house.world.until(() => told.size === 2);
  await task.callAt(due, one, two);
  const runId = await endOf(task, due);
  await house.settled(task);
  await recorder.keep('late-gate', [task.handle, task.run(runId)]);
});

it('records a task of the version before that is made recurring', async () => {
  const task = await house.openTaskWith(aFormerState(makeId(), { kind: 'manual' }));
  const runId = await task.start();
  await house.world.ended(runId);
  await house.settled(task);
  const { rolledOver } = await house.presentRun(task);
  await task.edit({ kind: 'recurring', recurrence: daily });
  await rolledOver;
  await task.tick(due);
  const ended = await endOf(task, due);
  await house.settled(task);
  const histories = await recorder.chain(task.handle.workflowId);
  await recorder.keep('former-generation', [...histories, task.run(runId), task.run(ended)]);
});
