import { TablegateError } from '../model/errors';
import { maxTriggersPerSignal } from '../model/messages';
import type { Trigger } from '../model/trigger';
import { fullHistory, type TemporalGateway } from './gateway';

/** Calls that may wait for one task; further ones are told to come again. */
const mostWaiting = 10_000;

/** Temporal ends a workflow whose history passes 50 MiB; nothing more is sent from half of that. */
const fullHistoryBytes = 25 * 1024 * 1024;
/** After so many bytes sent, the size of the history is looked at again. */
const lookAfterBytes = 512 * 1024;

interface Waiting {
  trigger: Trigger;
  taken(): void;
  failed(error: unknown): void;
}

interface TaskQueue {
  waiting: Waiting[];
  sending: boolean;
  bytesSinceLook: number;
}

/**
 * Groups the trigger calls of a task: at most one signal is under way, and whatever comes
 * meanwhile goes together in the next. No timer is involved: a lone call waits for nothing.
 */
export class TriggerQueue {
  private readonly queues = new Map<string, TaskQueue>();

  constructor(private readonly gateway: Pick<TemporalGateway, 'signalTriggers' | 'historySize'>) {}

  /**
   * Resolves when Temporal has stored this call.
   * @throws TablegateError tooManyTriggers, temporalUnavailable, taskNotFound
   */
  send(tenant: string, taskId: string, trigger: Trigger): Promise<void> {
    const name = `${tenant}/${taskId}`;
    const queue = this.queues.get(name) ?? { waiting: [], sending: false, bytesSinceLook: 0 };
    this.queues.set(name, queue);
    if (queue.waiting.length >= mostWaiting) {
      throw new TablegateError(
        'tooManyTriggers',
        `${mostWaiting} calls wait for this task already; call again in a few seconds.`,
      );
    }
    return new Promise((taken, failed) => {
      queue.waiting.push({ trigger, taken, failed });
      if (!queue.sending) void this.drain(tenant, taskId, queue);
    });
  }

  private async drain(tenant: string, taskId: string, queue: TaskQueue): Promise<void> {
    queue.sending = true;
    while (queue.waiting.length > 0) {
      const batch = queue.waiting.splice(0, maxTriggersPerSignal);
      const triggers = batch.map(({ trigger }) => trigger);
      try {
        await this.refuseFullHistory(tenant, taskId, queue, triggers);
        await this.gateway.signalTriggers(tenant, taskId, triggers);
        for (const { taken } of batch) taken();
      } catch (error) {
        // What waits behind a signal that failed would fail likewise, one time-out later.
        for (const { failed } of [...batch, ...queue.waiting.splice(0)]) failed(error);
      }
    }
    queue.sending = false;
  }

  private async refuseFullHistory(
    tenant: string,
    taskId: string,
    queue: TaskQueue,
    triggers: Trigger[],
  ): Promise<void> {
    queue.bytesSinceLook += JSON.stringify(triggers).length;
    if (queue.bytesSinceLook < lookAfterBytes) return;
    const size = await this.gateway.historySize(tenant, taskId);
    if (size > fullHistoryBytes) {
      throw fullHistory();
    }
    queue.bytesSinceLook = 0;
  }
}
