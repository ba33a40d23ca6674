import type { WorkflowHandle } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { EventType } = temporal.api.enums.v1;
export type EventTypeName = keyof typeof EventType;

/** Types of the events of a workflow's run, in order. */
export async function eventTypes(handle: WorkflowHandle): Promise<EventTypeName[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => EventType[event.eventType!] as EventTypeName);
}
