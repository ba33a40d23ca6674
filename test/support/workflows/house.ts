/** Workers with the real workflows on a queue of their own, on the Temporal of the jest run. */
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import {
  Client,
  Connection,
  WorkflowContinuedAsNewError,
  type WorkflowHandle,
} from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { TablegateError } from '../../../model/errors';
import type { DefinitionPatch, TaskDefinition } from '../../../model/task';
import type { TaskState } from '../../../model/task-state';
import { backfillWorkflowId, runWorkflowId, taskWorkflowId } from '../../../model/names';
import {
  editUpdate,
  removeUpdate,
  startUpdate,
  tickSignal,
  upstreamChangedSignal,
} from '../../../model/messages';
import type { Trigger } from '../../../model/trigger';
import { TemporalGateway } from '../../../scheduling/gateway';
import { startWorkers, type Workers } from '../../../worker';
import type { backfill } from '../../../workflows/backfill';
import { patience } from '../patience';
import { aDefinition, aTaskState } from './definition';
import { rollOverLimits } from './small-roll-over-limits';
import { workflowBundle, type BundleOptions } from './bundle';
import { World } from './world';

export const tenant = 'default';
const namespace = 'tablegate';
/** A task rolls over after more messages than these. */
const mostMessages = rollOverLimits.due.messages;

export function makeId(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

export interface OpenedTask {
  taskId: string;
  handle: WorkflowHandle;
  /** Sends calls for these tables in one signal. @returns their receipts */
  call(...tables: string[]): Promise<string[]>;
  /** Sends calls for these tables at this schedule time. */
  callAt(scheduleTime: string, ...tables: string[]): Promise<void>;
  /** Tells it of a due time of its recurrence. */
  tick(scheduleTime: string, nextTime?: string | null): Promise<void>;
  edit(patch: DefinitionPatch): Promise<void>;
  remove(): Promise<void>;
  /** Starts a run by hand. @returns its id */
  start(): Promise<string>;
  run(runId: string): WorkflowHandle;
}

export class House {
  /** Ends what is still being waited for. */
  private readonly closing = new AbortController();

  private constructor(
    readonly client: Client,
    readonly gateway: TemporalGateway,
    readonly world: World,
    readonly taskQueue: string,
    private readonly native: NativeConnection,
    private readonly codePath: string,
    private workers: Workers,
  ) {}

  static async open(options: BundleOptions = {}): Promise<House> {
    quietRuntime();
    const address = process.env.TEST_TEMPORAL_ADDRESS;
    const [codePath, connection, native] = await Promise.all([
      workflowBundle(options),
      Connection.connect({ address }),
      NativeConnection.connect({ address }),
    ]);
    const client = new Client({ connection, namespace });
    const taskQueue = `test-${makeId(6)}`;
    const gateway = new TemporalGateway(client, {
      ...{ taskQueue, uiUrl: null, searchAttributes: () => false, patience },
    });
    const world = new World();
    const workers = await newWorkers(native, taskQueue, world, gateway, codePath);
    const house = new House(client, gateway, world, taskQueue, native, codePath, workers);
    // Every call that waits for a roll-over listens.
    setMaxListeners(0, house.closing.signal);
    return house;
  }

  /** Starts the workflow of a new task. */
  openTask(definition: Partial<TaskDefinition> = {}): Promise<OpenedTask> {
    return this.openTaskWith(aTaskState(makeId(), aDefinition(definition)));
  }

  /** Starts the workflow of a task in a state of the test's own. */
  async openTaskWith(state: TaskState): Promise<OpenedTask> {
    const { client, gateway } = this;
    const { taskId } = state;
    await gateway.startTask(state);
    const handle = client.workflow.getHandle(taskWorkflowId(tenant, taskId));
    return {
      ...{ taskId, handle },
      async call(...tables) {
        const triggers = tables.map((table) => aTrigger(table));
        await gateway.signalTriggers(tenant, taskId, triggers);
        return triggers.map(({ receipt }) => receipt);
      },
      async callAt(scheduleTime, ...tables) {
        const triggers = tables.map((table) => ({ ...aTrigger(table), scheduleTime }));
        await gateway.signalTriggers(tenant, taskId, triggers);
      },
      async tick(scheduleTime, nextTime = null) {
        await handle.signal(tickSignal, { scheduleTime, nextTime });
      },
      async edit(patch) {
        await gateway.update(tenant, taskId, editUpdate, [{ patch, ifVersion: null }], makeId());
      },
      async remove() {
        const removal = { by: 'somebody', ifVersion: null };
        await gateway.update(tenant, taskId, removeUpdate, [removal], makeId());
      },
      async start() {
        const args: [{ by: string }] = [{ by: 'somebody' }];
        const answer = await gateway.update(tenant, taskId, startUpdate, args, makeId());
        return answer.runId!;
      },
      run: (runId) => client.workflow.getHandle(runWorkflowId(tenant, taskId, runId)),
    };
  }

  /** Resolves when the store holds what the task has to show, and its Schedule is as it should be. */
  async settled({ taskId }: OpenedTask): Promise<void> {
    while (!(await this.gateway.isProjected(tenant, taskId).catch(notYet)));
  }

  /** Starts the driver of a backfill, as the service does. */
  async startDriver(id: string): Promise<WorkflowHandle<typeof backfill>> {
    await this.gateway.ensureBackfill(tenant, id);
    return this.client.workflow.getHandle<typeof backfill>(backfillWorkflowId(tenant, id));
  }

  /** The present run of a task's workflow; its result settles when that run rolls over or ends. */
  async presentRun(task: OpenedTask): Promise<{ runId: string; rolledOver: Promise<string> }> {
    const { workflowId } = task.handle;
    const { runId } = await task.handle.describe();
    const handle = this.client.workflow.getHandle(workflowId, runId, { followRuns: false });
    const result = this.client.withAbortSignal(this.closing.signal, () => handle.result());
    const rolledOver = result.then(
      () => Promise.reject(new Error('it ended')),
      (error: unknown) => {
        if (error instanceof WorkflowContinuedAsNewError) return error.newExecutionRunId;
        throw error;
      },
    );
    rolledOver.catch(() => undefined);
    return { runId, rolledOver };
  }

  /** Makes a task roll over, by calls that change nothing. */
  async rollOver(task: OpenedTask): Promise<void> {
    const { rolledOver } = await this.presentRun(task);
    for (let number = 0; number <= mostMessages; number += 1) await task.call('not.listed.here');
    await rolledOver;
  }

  /**
   * Stops the workers, and leaves the task signals that change nothing: what is sent until the
   * workers are there again comes in the workflow task in which a roll-over is due.
   */
  async stopAtRollOver(task: OpenedTask): Promise<void> {
    await this.settled(task);
    await this.stopWorkers();
    for (let number = 0; number <= mostMessages; number += 1) {
      await task.handle.signal(upstreamChangedSignal);
    }
  }

  /** Ends the workers, as a restart or a crash does; calls go on being taken. */
  async stopWorkers(): Promise<void> {
    this.workers.shutdown();
    await this.workers.done;
  }

  async startWorkers(): Promise<void> {
    const { native, taskQueue, world, gateway, codePath } = this;
    this.workers = await newWorkers(native, taskQueue, world, gateway, codePath);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.stopWorkers();
    await this.native.close();
    await this.client.connection.close();
    this.world.close();
  }
}

/** On a busy machine Temporal may not answer within the time that a caller is kept waiting. */
function notYet(error: unknown): false {
  if (error instanceof TablegateError && error.code === 'temporalUnavailable') return false;
  throw error;
}

export function aTrigger(table: string): Trigger {
  return {
    ...{ receipt: makeId(15), table, at: new Date().toISOString(), caller: 'a caller' },
    ...{ scheduleTime: null, key: null },
  };
}

function newWorkers(
  connection: NativeConnection,
  taskQueue: string,
  world: World,
  gateway: TemporalGateway,
  codePath: string,
): Promise<Workers> {
  return startWorkers({
    ...{ connection, namespace, taskQueue, maxJobs: 20 },
    activities: world.activities((run) => gateway.askRun(run)),
    workflowBundle: { codePath },
  });
}

let isQuiet = false;

/** Failures that a test brings about are no news. Call it before the first worker is made. */
export function quietRuntime(): void {
  if (isQuiet) return;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  isQuiet = true;
}
