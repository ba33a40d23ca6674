/** Sets the search attributes of tasks and runs; only where the server could register them. */
import type { SearchAttributePair } from '@temporalio/common';
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

/** True where this workflow has a task's attributes: the server knows them then. */
export function hasTaskAttributes(): boolean {
  return workflowInfo().typedSearchAttributes.get(keyword('taskName')) !== undefined;
}

/** A run's attributes: those of its task, and its status. */
export function runAttributes(
  { tenant, taskId, status }: Pick<RunProjection, 'tenant' | 'taskId' | 'status'>,
  taskName: string,
): SearchAttributePair[] {
  return [
    ...taskAttributes(tenant, taskId, taskName),
    { key: keyword('runStatus'), value: status },
  ];
}

/** Brings a run's attributes in line with its record. */
export function noteRunAttributes(record: RunProjection, taskName: string): void {
  upsertSearchAttributes(runAttributes(record, taskName));
}
