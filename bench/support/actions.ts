/**
 * What histories hold: events, and the actions that Temporal counts (https://docs.temporal.io/cloud/actions).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';

const { EventType } = temporal.api.enums.v1;
type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

export interface Counted {
  /** Histories, those that were continued as new each for itself. */
  histories: number;
  events: number;
  actions: number;
  /** Events of the longest history. */
  longest: number;
  /** Bytes of the largest one, as Temporal counts them; 0 while it goes on. */
  largest: number;
  /** Events by type. */
  types: Record<string, number>;
}

/** Asked for at the same time. */
const atOnce = 16;
/** Visibility follows the histories by less than that. */
const visibleWithinMs = 30_000;

/**
 * Counts all histories that the query finds.
 * @param query of visibility
 * @param expected so many have to be found, at least
 */
export async function countHistories(
  client: Client,
  query: string,
  expected: number,
): Promise<Counted> {
  const found = await findAll(client, query, expected);
  const counted: Counted = {
    ...{ histories: found.length, events: 0, actions: 0, longest: 0, largest: 0, types: {} },
  };
  const left = [...found];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next; next = left.pop()) {
      const handle = client.workflow.getHandle(next.workflowId, next.runId);
      add(counted, (await handle.fetchHistory()).events ?? [], next.historySize ?? 0);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return counted;
}

async function findAll(client: Client, query: string, expected: number) {
  const deadline = Date.now() + visibleWithinMs;
  for (;;) {
    const { count } = await client.workflow.count(query);
    if (count >= expected) break;
    if (Date.now() > deadline) throw new Error(`${count} of ${expected} workflows: ${query}`);
    await sleep(200);
  }
  const found = [];
  for await (const workflow of client.workflow.list({ query, pageSize: 1000 }))
    found.push(workflow);
  return found;
}

function add(counted: Counted, events: readonly HistoryEvent[], size: number): void {
  counted.events += events.length;
  counted.longest = Math.max(counted.longest, events.length);
  counted.largest = Math.max(counted.largest, size);
  for (const event of events) {
    const type = nameOf(event);
    counted.types[type] = (counted.types[type] ?? 0) + 1;
    counted.actions += actionsOf(event);
  }
}

function nameOf({ eventType }: HistoryEvent): string {
  return EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '').toLowerCase() ?? 'unknown';
}

/** Every attempt of an activity is one; a repeated one shows in its event only. */
function actionsOf(event: HistoryEvent): number {
  switch (event.eventType) {
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
    case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED:
    case EventType.EVENT_TYPE_TIMER_STARTED:
    case EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
      return 1;
    case EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
      return event.activityTaskStartedEventAttributes?.attempt ?? 1;
    default:
      return 0;
  }
}

/** Both together. */
export function together(...parts: Counted[]): Counted {
  const total: Counted = { histories: 0, events: 0, actions: 0, longest: 0, largest: 0, types: {} };
  for (const part of parts) {
    total.histories += part.histories;
    total.events += part.events;
    total.actions += part.actions;
    total.longest = Math.max(total.longest, part.longest);
    total.largest = Math.max(total.largest, part.largest);
    for (const [type, count] of Object.entries(part.types)) {
      total.types[type] = (total.types[type] ?? 0) + count;
    }
  }
  return total;
}
