/** Search attributes that the server registers at its start; all are keywords. */
import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';

export const searchAttributes = {
  tenant: 'TablegateTenant',
  taskId: 'TablegateTaskId',
  taskName: 'TablegateTaskName',
  runStatus: 'TablegateRunStatus',
} as const;

type KeywordKey = ReturnType<typeof defineSearchAttributeKey<'KEYWORD'>>;

export function keyword(attribute: keyof typeof searchAttributes): KeywordKey {
  return defineSearchAttributeKey(searchAttributes[attribute], 'KEYWORD');
}

/** What a task's workflow carries, and each of its runs. */
export function taskAttributes(
  tenant: string,
  taskId: string,
  name: string,
): SearchAttributePair[] {
  return [
    { key: keyword('tenant'), value: tenant },
    { key: keyword('taskId'), value: taskId },
    { key: keyword('taskName'), value: name },
  ];
}
