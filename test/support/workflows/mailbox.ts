/**
 * What a backfill is told by its tasks: a workflow under its id that no worker takes, so that all
 * signals to it stay to be read in its history.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import type { CellEnd } from '../../../model/backfill';
import { backfillWorkflowId } from '../../../model/names';

type Event = temporal.api.history.v1.IHistoryEvent;

/** One signal `instancesEnded`. */
export interface EndsMessage {
  taskId: string;
  ends: CellEnd[];
}

export class Mailbox {
  private constructor(
    private readonly client: Client,
    readonly id: string,
    readonly handle: WorkflowHandle,
  ) {}

  /** @param id of the backfill */
  static async open(client: Client, id: string): Promise<Mailbox> {
    const handle = await client.workflow.start('mailbox', {
      workflowId: backfillWorkflowId('default', id),
      taskQueue: `nobody-${id}`,
    });
    return new Mailbox(client, id, handle);
  }

  /** Waits until `look` is content with what has come so far. @returns all of it, in order */
  async until(look: (messages: EndsMessage[]) => boolean): Promise<EndsMessage[]> {
    const messages: EndsMessage[] = [];
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await this.client.workflowService.getWorkflowExecutionHistory({
        namespace: this.client.options.namespace,
        execution: { workflowId: this.handle.workflowId },
        waitNewEvent: true,
        ...(nextPageToken && { nextPageToken }),
      });
      messages.push(...(page.history?.events ?? []).flatMap(readEnds));
      if (look(messages)) return messages;
      nextPageToken = page.nextPageToken ?? undefined;
    } while (nextPageToken && nextPageToken.length > 0);
    throw new Error('the mailbox was closed');
  }

  /** Waits until this many ends have come. */
  async ends(count: number): Promise<CellEnd[]> {
    const all = (messages: EndsMessage[]): CellEnd[] => messages.flatMap(({ ends }) => ends);
    return all(await this.until((messages) => all(messages).length >= count));
  }

  /** All ends that have come, once a task has said everything it had to say. */
  async endsSoFar(): Promise<CellEnd[]> {
    return (await this.until(() => true)).flatMap(({ ends }) => ends);
  }

  async close(): Promise<void> {
    await this.handle.terminate();
  }
}

function readEnds({ workflowExecutionSignaledEventAttributes: signal }: Event): EndsMessage[] {
  if (signal?.signalName !== 'instancesEnded') return [];
  const [payload] = signal.input?.payloads ?? [];
  return [defaultPayloadConverter.fromPayload<EndsMessage>(payload!)];
}
