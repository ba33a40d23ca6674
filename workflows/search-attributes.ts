/** Sets the search attributes of tasks and runs; only where the server could register them. */
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { RunProjection } from '../model/run';
import { keyword, taskAttributes } from '../model/search-attributes';
import type { TaskProjection } from '../model/task';

/** Sets a task's attributes where they are not yet what they should be (it may have been renamed). */
export function noteTaskAttributes({ tenant, id, name }: TaskProjection): void {
  const shown = workflowInfo().typedSearchAttributes.get(keyword('taskName'));
  if (shown === name) return;
  upsertSearchAttributes(taskAttributes(tenant, id, name));
}

/** Sets a run's attributes: those of its task, and its status. */
export function noteRunAttributes(record: RunProjection, taskName: string): void {
  upsertSearchAttributes([
    ...taskAttributes(record.tenant, record.taskId, taskName),
    { key: keyword('runStatus'), value: record.status },
  ]);
}
