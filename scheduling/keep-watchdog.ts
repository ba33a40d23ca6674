import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { watchdogWorkflowId, watchdogWorkflowType } from '../model/names';
import type { TemporalGateway } from './gateway';

const startMs = 10_000;
const betweenTriesMs = 2_000;

/** Starts the watchdog of the installation where none is at work; Temporal may still be starting. */
export async function keepWatchdog(
  parts: {
    client: Client;
    gateway: TemporalGateway;
    settings: { taskQueue: string };
    log: Logger;
  },
  signal: AbortSignal,
): Promise<void> {
  const { client, gateway, settings, log } = parts;
  while (!signal.aborted) {
    try {
      await gateway.within(startMs, () => start(client, settings.taskQueue));
      return;
    } catch (error) {
      log.debug({ err: error }, 'the watchdog could not be started yet');
    }
    await sleep(betweenTriesMs, undefined, { ref: false, signal }).catch(() => undefined);
  }
}

async function start(client: Client, taskQueue: string): Promise<void> {
  await client.workflow.start(watchdogWorkflowType, {
    workflowId: watchdogWorkflowId(taskQueue),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue,
    args: [{ watchedTo: null, prunedAt: 0 }],
    staticSummary: 'Looks for due times that nobody delivered',
  });
}
