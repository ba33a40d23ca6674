import { setTimeout as sleep } from 'node:timers/promises';
import { TablegateError } from '../model/errors';
import type { TemporalGateway } from './gateway';

const firstAskAfterMs = 40;
const longestMs = 3_000;

/**
 * Waits, for a bounded time, until the store holds what the task's workflow has to show, so that a
 * list that is read right after a change shows it. Where no worker answers the list is shown as it
 * stands.
 */
export async function waitUntilProjected(
  gateway: Pick<TemporalGateway, 'isProjected' | 'patient'>,
  tenant: string,
  taskId: string,
): Promise<void> {
  const until = Date.now() + gateway.patient(longestMs);
  for (let waitMs = firstAskAfterMs; Date.now() < until; waitMs *= 1.5) {
    try {
      if (await gateway.isProjected(tenant, taskId)) return;
    } catch (error) {
      if (error instanceof TablegateError) return;
      throw error;
    }
    await sleep(waitMs);
  }
}
