import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const { EventType } = temporal.api.enums.v1;
const { History } = temporal.api.history.v1;
type IHistory = temporal.api.history.v1.IHistory;

/** Types of the events of a workflow's run, in order. */
export async function eventTypes(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).map((event) => EventType[event.eventType!]);
}

/** Names of the signals that a workflow's run has taken, in order. */
export async function signalNames(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  );
}

/** What the signals of this name carry that a workflow's run has taken, in order. */
export async function signalsOf<T>(handle: WorkflowHandle, name: string): Promise<T[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === name
      ? [defaultPayloadConverter.fromPayload<T>(signal.input!.payloads![0]!)]
      : [],
  );
}

/**
 * A history as plain JSON. (The SDK's own `historyToJSON` needs one copy of protobufjs for all
 * packages, which npm does not always install.)
 */
export function historyToJson(history: IHistory): object {
  const options = { enums: String, longs: String, bytes: String };
  return History.toObject(History.fromObject(history), options);
}

export function historyFromJson(json: object): IHistory {
  return History.fromObject(json);
}
