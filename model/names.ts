/** Names that are functions of business keys: workflow ids, search attributes. */
export const taskWorkflowType = 'schedulingTask';

/** Id of the long-lived workflow of a task. */
export function taskWorkflowId(tenant: string, taskId: string): string {
  return `task/${tenant}/${taskId}`;
}

/** Id of the workflow of one run. */
export function runWorkflowId(tenant: string, taskId: string, runId: string): string {
  return `run/${tenant}/${taskId}/${runId}`;
}

/** What the ids of tasks and runs look like, on every surface. */
export const idPattern = /^[0-9a-f]{32}$/;

/** True for a task or run id: 32 lower-case hex characters. */
export function isId(text: string): boolean {
  return idPattern.test(text);
}

/**
 * The queue that jobs run on, beside the one of workflows and projections: so that long jobs never
 * take the place of either.
 */
export function jobQueue(taskQueue: string): string {
  return `${taskQueue}-jobs`;
}
