/** All calls to Temporal that the service makes, with bounds, and with its errors in our words. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  TimeoutFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import { isErrorCode, TablegateError } from '../model/errors';
import {
  backfillChangedSignal,
  cancelRunSignal,
  describeQuery,
  projectedQuery,
  receiptQuery,
  snapshotQuery,
  tablesTriggeredSignal,
  type TaskAnswer,
  type TaskDescription,
  type TaskSnapshot,
} from '../model/messages';
import type { LookUpAnswer, LookUpInput } from '../model/look-up';
import {
  backfillWorkflowId,
  backfillWorkflowType,
  lookUpWorkflowId,
  lookUpWorkflowType,
  runWorkflowId,
  taskWorkflowId,
  taskWorkflowType,
} from '../model/names';
import { taskAttributes } from '../model/search-attributes';
import type { RunEnd } from '../model/task-steps';
import type { TaskState } from '../model/task-state';
import type { ReceiptView, Trigger } from '../model/trigger';
import { makeId } from '../store/secrets';

/** How long a signal may take before its callers are told to come again. */
const signalMs = 5_000;
const startMs = 10_000;
const updateMs = 15_000;
const queryMs = 3_000;
/** How long `?wait=outcome` waits. */
const receiptMs = 5_000;
const pingMs = 2_000;
/** How long a look-up may take from its question to its answer; longer than its parts together. */
const lookUpMs = 45_000;
/** How long it is waited for before it is asked whether any worker has taken it. */
const takenMs = 10_000;
/** One look for its answer: the end of this process waits for no longer call. */
const lookMs = 2_000;
/** A busy Temporal may leave a call unanswered; so many in a row mean that it is away. */
const mostUnanswered = 3;

const grpc = { cancelled: 1, invalidArgument: 3, deadlineExceeded: 4, failedPrecondition: 9 };

export interface GatewayOptions {
  taskQueue: string;
  /** Base URL of Temporal UI; null: no links. */
  uiUrl: string | null;
  /** Whether the search attributes could be registered. */
  searchAttributes(): boolean;
  /** How many times as long as usual Temporal and its workers may take to answer. */
  patience: number;
}

export class TemporalGateway {
  private readonly underWay = new Set<Promise<unknown>>();
  private isClosing = false;

  constructor(
    private readonly client: Client,
    private readonly options: GatewayOptions,
  ) {}

  /** Starts a task's workflow. @returns false where the id was used before */
  async startTask(state: TaskState): Promise<boolean> {
    const { tenant, taskId, definition } = state;
    try {
      await this.within(startMs, () =>
        this.client.workflow.start(taskWorkflowType, {
          workflowId: taskWorkflowId(tenant, taskId),
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          taskQueue: this.options.taskQueue,
          args: [state],
          staticSummary: definition.name,
          ...(this.options.searchAttributes() && {
            typedSearchAttributes: taskAttributes(tenant, taskId, definition.name),
          }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw toTablegateError(error);
    }
  }

  /** Resolves once Temporal has the signal on disk, whether or not a worker is up. */
  async signalTriggers(tenant: string, taskId: string, triggers: Trigger[]): Promise<void> {
    try {
      await this.within(signalMs, () =>
        this.task(tenant, taskId).signal(tablesTriggeredSignal, { triggers }),
      );
    } catch (error) {
      throw historyIsFull(error) ? fullHistory(error) : toTablegateError(error);
    }
  }

  /**
   * Sends an Update and waits for its answer.
   * @throws TablegateError with the code that the entity refused with; workerUnavailable where no
   * worker answers in time; temporalUnavailable
   */
  async update<Args extends [] | [object]>(
    tenant: string,
    taskId: string,
    definition: UpdateDefinition<TaskAnswer, Args>,
    args: Args,
    updateId: string,
  ): Promise<TaskAnswer> {
    // The client's types have no place for «none or one»; what is sent is the same.
    const update = definition as unknown as UpdateDefinition<TaskAnswer, [object]>;
    const sent = args as unknown as [object];
    try {
      return await this.call(updateMs, () =>
        untilTaken(() => this.task(tenant, taskId).executeUpdate(update, { args: sent, updateId })),
      );
    } catch (error) {
      // Nothing came back in time: that may be for want of a worker, or of Temporal itself.
      if (error instanceof TablegateError && error.code === 'workerUnavailable') await this.ping();
      throw error;
    }
  }

  async describe(tenant: string, taskId: string): Promise<TaskDescription> {
    return this.call(queryMs, () => this.task(tenant, taskId).query(describeQuery));
  }

  /** Everything that the store is to hold of a task. */
  async snapshot(tenant: string, taskId: string): Promise<TaskSnapshot> {
    return this.call(queryMs, () => this.task(tenant, taskId).query(snapshotQuery));
  }

  /** @param scheduleTime the one that the call named */
  async receipt(
    tenant: string,
    taskId: string,
    receipt: string,
    scheduleTime: string | null = null,
  ): Promise<ReceiptView | null> {
    const task = this.task(tenant, taskId);
    return this.call(receiptMs, () => task.query(receiptQuery, receipt, scheduleTime));
  }

  /** How long to wait for what usually takes no longer than this. */
  patient(ms: number): number {
    return ms * this.options.patience;
  }

  async isProjected(tenant: string, taskId: string): Promise<boolean> {
    return this.call(queryMs, () => this.task(tenant, taskId).query(projectedQuery));
  }

  /** Size of a task's present history, in bytes. */
  async historySize(tenant: string, taskId: string): Promise<number> {
    const description = await this.call(queryMs, () => this.task(tenant, taskId).describe());
    return description.historySize ?? 0;
  }

  /** Tells a run to end; `gone` where its workflow has ended or does not exist yet. */
  async cancelRun(
    tenant: string,
    taskId: string,
    runId: string,
    reason: string,
  ): Promise<'sent' | 'gone'> {
    return this.signalled(() =>
      this.client.workflow
        .getHandle(runWorkflowId(tenant, taskId, runId))
        .signal(cancelRunSignal, { reason }),
    );
  }

  /** For the activity `askRun`: how a run's own workflow stands. */
  async askRun(run: {
    tenant: string;
    taskId: string;
    runId: string;
  }): Promise<RunEnd | 'live' | 'lost'> {
    const handle = this.client.workflow.getHandle(runWorkflowId(run.tenant, run.taskId, run.runId));
    try {
      const { status } = await this.within(queryMs, () => handle.describe());
      if (status.name === 'RUNNING' || status.name === 'CONTINUED_AS_NEW') return 'live';
      if (status.name !== 'COMPLETED') return 'lost';
      return (await this.within(queryMs, () => handle.result())) as RunEnd;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError) {
        return 'lost';
      }
      throw error;
    }
  }

  /** Ids of all live tasks, as (tenant, task) pairs. */
  async *liveTasks(): AsyncIterable<{ tenant: string; taskId: string }> {
    const query = `WorkflowType = '${taskWorkflowType}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      const [, tenant, taskId] = workflowId.split('/');
      if (tenant !== undefined && taskId !== undefined) yield { tenant, taskId };
    }
  }

  /** One cheap round trip; throws `temporalUnavailable`. */
  async ping(): Promise<void> {
    const namespace = this.client.options.namespace;
    await this.call(pingMs, () => this.client.workflowService.describeNamespace({ namespace }));
  }

  /** Starts the driver of a backfill where none is at work. */
  async ensureBackfill(tenant: string, id: string): Promise<void> {
    await this.call(startMs, () =>
      this.client.workflow.start(backfillWorkflowType, {
        workflowId: backfillWorkflowId(tenant, id),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: this.options.taskQueue,
        // Greater than the number of every step that a former driver has taken.
        args: [{ tenant, id, step: Date.now() }],
        staticSummary: `Backfill ${id}`,
      }),
    );
  }

  /** Tells a backfill's driver to look at the store again; `gone` where none is at work. */
  async backfillChanged(
    tenant: string,
    id: string,
    change: { kill: boolean },
  ): Promise<'sent' | 'gone'> {
    return this.signalled(() =>
      this.client.workflow
        .getHandle(backfillWorkflowId(tenant, id))
        .signal(backfillChangedSignal, change),
    );
  }

  /** Sends a signal. @returns `gone` where its workflow has ended or was never there */
  async signalled(send: () => Promise<void>): Promise<'sent' | 'gone'> {
    try {
      await this.within(signalMs, send);
      return 'sent';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'gone';
      throw toTablegateError(error);
    }
  }

  /**
   * Has a question answered by a worker.
   * @param taskName for Temporal UI
   * @throws TablegateError workerUnavailable, temporalUnavailable, lookUpTooLarge
   */
  async lookUp(input: LookUpInput, taskName: string): Promise<LookUpAnswer> {
    const { tenant, taskId } = input;
    const handle = await this.call(startMs, () =>
      this.client.workflow.start(lookUpWorkflowType, {
        workflowId: lookUpWorkflowId(tenant, taskId, makeId()),
        workflowExecutionTimeout: lookUpMs * this.options.patience,
        taskQueue: this.options.taskQueue,
        args: [input],
        staticSummary: `Look-up in "${taskName}"`,
        ...(this.options.searchAttributes() && {
          typedSearchAttributes: taskAttributes(tenant, taskId, taskName),
        }),
      }),
    );
    const answer = this.answerOf(handle);
    const forget = () => this.forget(handle);
    const over = answer.then(forget, forget);
    this.underWay.add(over);
    void over.finally(() => this.underWay.delete(over));
    return answer;
  }

  private async answerOf(handle: WorkflowHandle): Promise<LookUpAnswer> {
    const startedAt = Date.now();
    let isTaken = false;
    let unanswered = 0;
    for (;;) {
      try {
        return (await this.within(lookMs, () => handle.result())) as LookUpAnswer;
      } catch (error) {
        if (error instanceof WorkflowFailedError)
          throw endOfLookUp(error, lookUpMs * this.options.patience);
        if (!isUnanswered(error)) throw toTablegateError(error);
      }
      if (this.isClosing) throw new TablegateError('notReady', 'The server is being stopped.');
      if (isTaken || Date.now() < startedAt + takenMs * this.options.patience) continue;
      try {
        const { historyLength } = await this.call(queryMs, () => handle.describe());
        isTaken = historyLength > eventsUntaken;
      } catch (error) {
        // Where Temporal itself does not answer, this call says so.
        unanswered += 1;
        if (unanswered === mostUnanswered) throw error;
        continue;
      }
      if (!isTaken) throw noWorkerAnswers('No worker answered in time; start one and ask again.');
    }
  }

  /**
   * Deletes a look-up, and ends it where it is live: it is about a person, and nobody reads it again.
   * One that cannot be deleted ends by its time limit.
   */
  private async forget({ workflowId }: WorkflowHandle): Promise<void> {
    const { workflowService, options } = this.client;
    const request = { namespace: options.namespace, workflowExecution: { workflowId } };
    for (let unanswered = 0; unanswered < mostUnanswered; unanswered += 1) {
      try {
        await this.within(signalMs, () => workflowService.deleteWorkflowExecution(request));
        return;
      } catch (error) {
        if (!isUnanswered(error)) return;
      }
    }
  }

  /** Address of a run's page in Temporal UI. */
  runUrl(tenant: string, taskId: string, runId: string): string | null {
    if (this.options.uiUrl === null) return null;
    const id = encodeURIComponent(runWorkflowId(tenant, taskId, runId));
    return `${this.options.uiUrl}/namespaces/${this.client.options.namespace}/workflows/${id}`;
  }

  private task(tenant: string, taskId: string): WorkflowHandle {
    return this.client.workflow.getHandle(taskWorkflowId(tenant, taskId));
  }

  /**
   * Resolves when no call is under way; who waits for a look-up is let go. The connection must not be
   * closed before: a call that is being tried again would throw out of a timer, where nobody can
   * catch it.
   */
  async settled(): Promise<void> {
    this.isClosing = true;
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  /** A call to Temporal that may usually take so long; `settled` waits for it. */
  async within<T>(ms: number, call: () => Promise<T>): Promise<T> {
    const answer = this.client.withDeadline(Date.now() + ms * this.options.patience, call);
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  private async call<T>(ms: number, call: () => Promise<T>): Promise<T> {
    try {
      return await this.within(ms, call);
    } catch (error) {
      throw toTablegateError(error);
    }
  }
}

const sendAgainAfterMs = 20;

/**
 * Sends an Update again that met the roll-over of its task: Temporal drops it then. Its id keeps it
 * from being taken twice; the caller's deadline ends the tries.
 */
async function untilTaken<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (grpcCodeOf(error) !== grpc.failedPrecondition) throw error;
    }
    await sleep(sendAgainAfterMs);
  }
}

function toTablegateError(error: unknown): Error {
  if (error instanceof TablegateError) return error;
  if (error instanceof WorkflowNotFoundError) {
    return new TablegateError('taskNotFound', 'There is no such task.', { cause: error });
  }
  if (error instanceof WorkflowUpdateFailedError) return refusalOf(error);
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return noWorkerAnswers(
      'No worker answered in time; whether the change was made shows when the task is read again.',
      error,
    );
  }
  return new TablegateError(
    'temporalUnavailable',
    'Temporal does not answer; call again in a moment.',
    { cause: error },
  );
}

function noWorkerAnswers(detail: string, cause?: unknown): TablegateError {
  return new TablegateError('workerUnavailable', detail, { cause });
}

/** Events of a workflow that no worker has looked at: it was started, and its task put into the queue. */
const eventsUntaken = 2;

/** How a look-up ended that has no answer. */
function endOfLookUp(error: WorkflowFailedError, limitMs: number): Error {
  if (!(error.cause instanceof TimeoutFailure)) return error;
  return new TablegateError(
    'lookUpTooLarge',
    `There was no answer within ${limitMs / 1000} s; ask again when less is going on.`,
    { cause: error },
  );
}

/** Temporal takes no more signals for a history that has reached its limits. */
export function fullHistory(cause?: unknown): TablegateError {
  return new TablegateError(
    'temporalUnavailable',
    'The task has taken all the calls it can until a worker is up; start one and call again.',
    { cause },
  );
}

/** What the entity refused an Update with. */
function refusalOf(error: WorkflowUpdateFailedError): Error {
  const { cause } = error;
  if (cause instanceof ApplicationFailure && cause.type != null && isErrorCode(cause.type)) {
    return new TablegateError(cause.type, sentence(cause.message), { cause: error });
  }
  return error;
}

function historyIsFull(error: unknown): boolean {
  return grpcCodeOf(error) === grpc.invalidArgument;
}

function grpcCodeOf(error: unknown): number | null {
  const cause = error instanceof Error && isGrpcServiceError(error.cause) ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : null;
}

/** Whether a call ended by its deadline: the server, which knows it too, may be the first to give up. */
function isUnanswered(error: unknown): boolean {
  const code = grpcCodeOf(error);
  return code === grpc.deadlineExceeded || code === grpc.cancelled;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1) + (text.endsWith('.') ? '' : '.');
}
