/** A run that a person cancels before its workflow is there. */
import * as steps from '../../model/task-steps';
import { newId } from '../store/support/opened';
import { openService, refusalOf, type TestService } from './support/service';

const hour = '2026-03-01T05:00:00.000Z';
const context = { now: hour, newRunId: newId };

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

/** A task whose only slot a cell holds, and a run by hand that waits for it. */
async function waitingRun(): Promise<{ taskId: string; runId: string }> {
  const { id: taskId } = await service.task();
  const asked = { existing: 'rerun', attempts: 0, status: null, by: 'Ada' } as const;
  const cell = { scheduleTime: hour, backfills: ['b'], ...asked };
  steps.requestCells(service.gateway.state(taskId), [cell], context);
  const { id: runId } = await service.scheduling.runs.start(service.caller, taskId, null);
  return { taskId, runId };
}

const cancel = (taskId: string, runId: string) =>
  service.scheduling.runs.cancel(service.caller, taskId, runId);

test('ends as cancelled by that person, which is in the store when the call is answered', async () => {
  const { taskId, runId } = await waitingRun();
  const cancelled = {
    ...{ id: runId, status: 'cancelled', failureReason: 'cancelled: by Ada', startedAt: null },
  };
  expect(await cancel(taskId, runId)).toMatchObject(cancelled);
  expect(await service.store.runs.find('default', taskId, runId)).toMatchObject(cancelled);
  expect(service.gateway.state(taskId).live).toBeNull();
  const { latestRun } = await service.scheduling.tasks.get(service.caller, taskId);
  expect(latestRun).toMatchObject({ id: runId, status: 'cancelled' });
  expect((await refusalOf(cancel(taskId, runId))).code).toBe('runNotLive');
});

test('is not live where the task knows nothing of it, or has been removed', async () => {
  const { taskId, runId } = await waitingRun();
  const other = { runId, reason: 'by somebody else' };
  steps.cancelRun(service.gateway.state(taskId), other, context);
  expect(await refusalOf(cancel(taskId, runId))).toMatchObject({ code: 'runNotLive' });
  service.gateway.states.delete(taskId);
  expect(await refusalOf(cancel(taskId, runId))).toMatchObject({ code: 'runNotLive' });
});
