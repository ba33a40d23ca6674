/** How a run stands, and what asked for it. */

export const runStatuses = [
  'queued',
  'running',
  'succeeded',
  'failed',
  'timedOut',
  'cancelled',
  'skipped',
  'missed',
  'blocked',
] as const;
export type RunStatus = (typeof runStatuses)[number];

/** Statuses that a run can end in. */
export const endedStatuses = ['succeeded', 'failed', 'timedOut', 'cancelled', 'skipped'] as const;
export type EndedStatus = (typeof endedStatuses)[number];

/** True for a status that a run ends in. */
export function isEnded(status: RunStatus): status is EndedStatus {
  return (endedStatuses as readonly RunStatus[]).includes(status);
}

export const runStarters = ['triggers', 'manual', 'schedule', 'backfill'] as const;
/** What asked for a run. */
export type RunStarter = (typeof runStarters)[number];
