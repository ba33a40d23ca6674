/** What the Temporal of the test run holds, seen past the service. */
import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { taskWorkflowId } from '../../model/names';

/** Gives a client for one use. */
export async function withTemporal<T>(use: (client: Client) => Promise<T>): Promise<T> {
  const address = process.env.TEST_TEMPORAL_ADDRESS;
  if (!address) throw new Error('TEST_TEMPORAL_ADDRESS is not set');
  const connection = await Connection.connect({ address });
  try {
    return await use(new Client({ connection, namespace: 'tablegate' }));
  } finally {
    await connection.close();
  }
}

export interface HistoryEvent {
  /** As in Temporal UI: `WorkflowExecutionSignaled`. */
  type: string;
  event: temporal.api.history.v1.IHistoryEvent;
}

/** The present history of a task's workflow; null where there is no such workflow. */
export function historyOf(tenant: string, taskId: string): Promise<HistoryEvent[] | null> {
  return withTemporal(async (client) => {
    try {
      const handle = client.workflow.getHandle(taskWorkflowId(tenant, taskId));
      await handle.describe();
      const { events } = await handle.fetchHistory();
      return (events ?? []).map((event) => ({ type: typeOf(event), event }));
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  });
}

/** The one field with attributes has the name of the type. */
function typeOf(event: temporal.api.history.v1.IHistoryEvent): string {
  const field = Object.entries(event).find(
    ([name, value]) => name.endsWith('EventAttributes') && value != null,
  );
  const name = field?.[0].replace(/EventAttributes$/, '') ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}
