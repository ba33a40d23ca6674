import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities/activities';

const { watch } = proxyActivities<Activities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '1 min',
  retry: { initialInterval: '5 s', maximumInterval: '1 min' },
});
const { prune } = proxyActivities<Activities>({
  startToCloseTimeout: '10 min',
  heartbeatTimeout: '1 min',
  retry: { initialInterval: '10 s', maximumAttempts: 5 },
});

const everyMs = 5 * 60 * 1000;
/** What was due so shortly ago is left to the Schedules. */
const graceMs = 2 * 60 * 1000;
/** Due times are looked at again for as long, so that a late one is not taken for missed twice. */
const overlapMs = 10 * 60 * 1000;
const pruneEveryMs = 24 * 3600 * 1000;
const maxEvents = 2_000;

export interface WatchdogState {
  /** Up to when due times have been compared with records, in milliseconds. */
  watchedTo: number | null;
  prunedAt: number;
}

/** Looks every five minutes for due times that nobody delivered, one for the whole installation. */
export async function watchdog(state: WatchdogState): Promise<void> {
  for (;;) {
    const to = Date.now() - graceMs;
    const from = (state.watchedTo ?? to) - overlapMs;
    await watch({ from: new Date(from).toISOString(), to: new Date(to).toISOString() });
    state.watchedTo = to;
    if (Date.now() - state.prunedAt >= pruneEveryMs) {
      state.prunedAt = Date.now();
      await prune().catch(() => undefined);
    }
    if (workflowInfo().historyLength > maxEvents) await continueAsNew<typeof watchdog>(state);
    await sleep(everyMs);
  }
}
