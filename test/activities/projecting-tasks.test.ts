/** Bringing a task's changes into the store. */
import { sampleRun } from '../store/support/samples';
import { makeSurroundings, taskOf, type Surroundings } from './support/surroundings';

let around: Surroundings;
beforeAll(async () => (around = await makeSurroundings()));
afterAll(() => around.close());

it('keeps with the task what its job reads and writes, for lineage', async () => {
  const task = await around.task({ reads: ['w.main.a'], writes: ['w.main.b'] });
  expect(await around.store.tasks.lineage('default', [task.id])).toEqual([
    expect.objectContaining({ reads: ['w.main.a'], writes: ['w.main.b'] }),
  ]);
});

it('keeps no lineage of a job type that this worker does not know', async () => {
  const task = await around.task({ job: { type: 'unknown', config: {} } });
  expect(await around.store.tasks.lineage('default', [task.id])).toEqual([
    expect.objectContaining({ reads: [], writes: [] }),
  ]);
});

it('takes what a workflow of the version before recurrence has asked for', async () => {
  const task = taskOf({});
  const { recurrence: _none, dependsOn: _nobody, notifications: _silent, ...former } = task;
  await around.activities.projectTask({ task: former as typeof task, ledger: [], runs: [] });
  expect(await around.store.tasks.find('default', task.id)).toMatchObject({
    ...{ id: task.id, recurrence: null, dependsOn: [], notifications: null },
  });
});

it('ends a run as the version before said it, whose own record stays', async () => {
  const task = taskOf({});
  const run = sampleRun({ taskId: task.id, status: 'running', tries: 2 });
  const end = { status: 'failed', failureReason: 'Lost.', tries: 0, version: 9 } as const;
  const former = { ...run, ...end, lost: true };
  await around.store.runs.project(run);
  await around.activities.projectTask({ task, ledger: [], runs: [former] });
  expect(await around.store.runs.find('default', task.id, run.id)).toMatchObject({
    ...{ status: 'failed', failureReason: 'Lost.', tries: 2 },
  });
});
