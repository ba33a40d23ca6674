/** What has started at one instant. */
import type { Client } from '@temporalio/client';

export interface Start {
  /** What it is of: each is to start once. */
  of: string;
  /** Milliseconds since 1970. */
  at: number;
}

export interface Gathered {
  starts: Start[];
  /** How late what lies before the starts was, in milliseconds, by what it is. */
  steps: Record<string, number[]>;
}

/** A side's herd. */
export interface HerdSide {
  /** Waits until all of an instant have started, at most until a time. */
  gather(due: number, until: number): Promise<Gathered>;
  /** How many of that instant stand how, as its own records have it. */
  look(due: number): Promise<Record<string, number>>;
}

/** The server appends the instant to the ids of what Schedules start. */
const appended = /-\d{4}-\d\d-\d\dT[\d:]+Z$/;

/** Workflows of a type that Temporal has started between two times, by its own clock. */
export async function startsOf(
  client: Client,
  workflowType: string,
  from: number,
  to: number,
): Promise<Start[]> {
  const between = `'${new Date(from).toISOString()}' AND '${new Date(to).toISOString()}'`;
  const query = `WorkflowType = '${workflowType}' AND StartTime BETWEEN ${between}`;
  const starts: Start[] = [];
  for await (const { workflowId, startTime } of client.workflow.list({ query, pageSize: 1000 })) {
    starts.push({ of: workflowId.replace(appended, ''), at: startTime.getTime() });
  }
  return starts;
}
