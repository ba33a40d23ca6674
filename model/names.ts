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

export const noticeWorkflowType = 'noticeDelivery';

/** Id of the workflow that delivers one notice to one webhook. */
export function noticeWorkflowId(tenant: string, taskId: string, noticeId: string): string {
  return `notice/${tenant}/${taskId}/${noticeId}`;
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

/** The queue that notices are delivered on: webhooks that hang keep no projection waiting. */
export function noticeQueue(taskQueue: string): string {
  return `${taskQueue}-notices`;
}

export const lookUpWorkflowType = 'lookUp';

/** Id of the workflow that answers one question about a task's result. */
export function lookUpWorkflowId(tenant: string, taskId: string, lookUpId: string): string {
  return `look/${tenant}/${taskId}/${lookUpId}`;
}

/** The queue that look-ups are answered on: nobody who waits for an answer waits for jobs. */
export function lookUpQueue(taskQueue: string): string {
  return `${taskQueue}-look-ups`;
}

export const backfillWorkflowType = 'backfill';
export const tickWorkflowType = 'scheduleTick';
export const watchdogWorkflowType = 'watchdog';
/** The task queue of an installation that was not given another. */
const defaultTaskQueue = 'tablegate';

/** Id of the one watchdog of an installation; several in one namespace differ in their queue. */
export function watchdogWorkflowId(taskQueue: string): string {
  return taskQueue === defaultTaskQueue ? 'watchdog' : `watchdog/${taskQueue}`;
}

/** Id of the workflow that drives a backfill. */
export function backfillWorkflowId(tenant: string, id: string): string {
  return `backfill/${tenant}/${id}`;
}

/** Id of a task's Schedule. */
export function scheduleIdOf(tenant: string, taskId: string): string {
  return `task/${tenant}/${taskId}`;
}

/** Ids of the workflows that a Schedule starts begin with this; the due time is appended. */
export function tickWorkflowId(tenant: string, taskId: string): string {
  return `tick/${tenant}/${taskId}`;
}
