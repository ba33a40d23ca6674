/** Records roll-overs with limits that keep the files small. Not a test of its own. */
import { defaultRunPolicy } from '../../../model/definition';
import { HeldJobs, hours, requestCells } from '../../support/workflows/cells';
import { two } from '../../support/workflows/definition';
import { makeId, type House } from '../../support/workflows/house';
import { Mailbox } from '../../support/workflows/mailbox';
import { ScriptedBackfills } from '../../support/workflows/scripted-backfills';
import { Recorder } from './recorder';

let recorder: Recorder;
let house: House;
beforeAll(async () => {
  recorder = await Recorder.open({ smallLimits: true });
  house = recorder.house;
});
afterAll(() => house.close());

it('records a roll-over with a live run and latched marks', async () => {
  const { task, runId, held } = await recorder.runningTask({ whileRunning: 'latch' });
  await task.call(two);
  await house.rollOver(task);
  recorder.doNothing();
  held.end();
  await house.world.ended(runId);
  await recorder.settled(task);
  const histories = await recorder.chain(task.handle.workflowId);
  await recorder.keep('roll-over', [...histories, task.run(runId)]);
});

it('records cells that run over a roll-over', async () => {
  const jobs = new HeldJobs(house.world);
  house.world.job = jobs.job;
  const runPolicy = { ...defaultRunPolicy, maxParallel: 3 };
  const task = await house.openTask({ kind: 'manual', runPolicy });
  const backfill = await Mailbox.open(house.client, makeId());
  await requestCells(task, backfill.id, hours(5));
  const runIds = await jobs.until(3);
  await house.settled(task);
  await house.rollOver(task);
  jobs.endAll();
  await backfill.ends(5);
  await house.settled(task);
  const histories = await recorder.chain(task.handle.workflowId);
  await recorder.keep('cells-roll-over', [...histories, ...runIds.map((id) => task.run(id))]);
});

it('records cells that are asked for in the workflow task that would have ended a history', async () => {
  recorder.doNothing();
  const task = await house.openTask({ kind: 'manual' });
  const backfill = await Mailbox.open(house.client, makeId());
  await house.stopAtRollOver(task);
  await requestCells(task, backfill.id, hours(2));
  await house.startWorkers();
  const ends = await backfill.ends(2);
  await house.settled(task);
  const histories = await recorder.chain(task.handle.workflowId);
  const runs = ends.map(({ runId }) => task.run(runId!));
  await recorder.keep('cells-at-the-end', [...histories, ...runs]);
});

it('records a driver that goes on in further histories', async () => {
  recorder.doNothing();
  const store = new ScriptedBackfills(house.world);
  const runPolicy = { ...defaultRunPolicy, maxParallel: 2 };
  const { taskId } = await house.openTask({ kind: 'manual', runPolicy });
  const plan = hours(12).map((scheduleTime) => ({ taskId, scheduleTime }));
  const backfill = store.create(makeId(), plan, 2);
  const driver = await house.startDriver(backfill.id);
  await driver.result();
  await recorder.keep('backfill', await recorder.chain(driver.workflowId));
});
