/** Search attributes of tasks and runs; set only where the server could register them. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from '../model/names';
import type { RunProjection } from '../model/run';
import type { TaskProjection } from '../model/task';

/** Sets a task's attributes where they are not yet what they should be (it may have been renamed). */
export function noteTaskAttributes({ tenant, id, name }: TaskProjection): void {
  const shown = workflowInfo().typedSearchAttributes.get(keyword(searchAttributes.taskName));
  if (shown === name) return;
  upsertSearchAttributes(taskAttributes(tenant, id, name));
}

/** Sets a run's attributes: those of its task, and its status. */
export function noteRunAttributes(record: RunProjection, taskName: string): void {
  upsertSearchAttributes([
    ...taskAttributes(record.tenant, record.taskId, taskName),
    { key: keyword(searchAttributes.runStatus), value: record.status },
  ]);
}

function taskAttributes(tenant: string, taskId: string, name: string): SearchAttributePair[] {
  return [
    { key: keyword(searchAttributes.tenant), value: tenant },
    { key: keyword(searchAttributes.taskId), value: taskId },
    { key: keyword(searchAttributes.taskName), value: name },
  ];
}

function keyword(name: string): ReturnType<typeof defineSearchAttributeKey<'KEYWORD'>> {
  return defineSearchAttributeKey(name, 'KEYWORD');
}
