/** A Temporal that keeps tasks in memory: their steps are taken, their runs never begin. */
import type { UpdateDefinition } from '@temporalio/common';
import { TablegateError, type ErrorCode } from '../../../model/errors';
import type { LookUpAnswer, LookUpInput } from '../../../model/look-up';
import type { TaskAnswer, TaskDescription, TaskSnapshot } from '../../../model/messages';
import * as steps from '../../../model/task-steps';
import { describeTask, projectTask, type TaskState } from '../../../model/task-state';
import type { DefinitionPatch } from '../../../model/task';
import type { ReceiptView, Trigger } from '../../../model/trigger';
import type { Gateway } from '../../../scheduling/deps';
import { newId } from '../../store/support/opened';

type Args = {
  patch: DefinitionPatch;
  ifVersion: number | null;
  paused?: boolean;
  by: string;
  scheduleTime: string | null;
  runId: string;
  reason: string;
  known: steps.PresentAsk['known'];
  task: steps.ImportedTask | null;
};

export class FakeGateway implements Gateway {
  readonly states = new Map<string, TaskState>();
  /** Drivers that were started, by id of their backfill. */
  readonly drivers: string[] = [];
  /** What drivers were told. */
  readonly told: { id: string; kill: boolean }[] = [];
  /** Marks that came, in their order. */
  readonly triggers: (Trigger & { taskId: string })[] = [];
  /** Runs before each Update; may throw what the Update is refused with. */
  beforeUpdate: (name: string, taskId: string) => void = () => undefined;
  /** What was looked up. */
  readonly lookUps: LookUpInput[] = [];
  /** What a look-up answers. */
  answer: LookUpAnswer = { kind: 'refused', code: 'noResult', detail: 'There is no result yet.' };
  /** What happens when a driver is started. */
  onDriver: () => Promise<unknown> = () => Promise.resolve();
  /** Backfills whose driver is at work, so that a signal finds it. */
  readonly driving = new Set<string>();
  isDown = false;

  /** Forgets what it was told, not the tasks. */
  forget(): void {
    for (const list of [this.drivers, this.told, this.triggers]) list.length = 0;
    this.driving.clear();
    this.onDriver = () => Promise.resolve();
  }

  state(taskId: string): TaskState {
    return this.states.get(taskId)!;
  }

  async startTask(state: TaskState): Promise<boolean> {
    this.refuseIfDown();
    if (this.states.has(state.taskId)) return false;
    this.states.set(state.taskId, structuredClone(state));
    return true;
  }

  async signalTriggers(_tenant: string, taskId: string, triggers: Trigger[]): Promise<void> {
    this.refuseIfDown();
    if (!this.live(taskId)) throw refusal('taskNotFound');
    for (const trigger of triggers) this.triggers.push({ ...trigger, taskId });
    steps.takeTriggers(this.state(taskId), triggers, context());
  }

  async update<Sent extends [] | [object]>(
    _tenant: string,
    taskId: string,
    definition: UpdateDefinition<TaskAnswer, Sent>,
    args: Sent,
  ): Promise<TaskAnswer> {
    this.refuseIfDown();
    const state = this.live(taskId);
    if (!state) throw refusal('taskNotFound');
    this.beforeUpdate(definition.name, taskId);
    const runId = take(definition.name, state, (args[0] ?? {}) as Args);
    const run = state.outbox.runs.findLast(({ id }) => id === runId) ?? null;
    return structuredClone({ task: projectTask(state), runId, run, entry: null });
  }

  async describe(_tenant: string, taskId: string): Promise<TaskDescription> {
    this.refuseIfDown();
    const state = this.states.get(taskId);
    if (!state) throw refusal('taskNotFound');
    return { task: structuredClone(describeTask(state)), removed: state.removed !== null };
  }

  async snapshot(_tenant: string, taskId: string): Promise<TaskSnapshot> {
    return { task: projectTask(this.state(taskId)), ledger: [], runs: [] };
  }

  async ensureBackfill(_tenant: string, id: string): Promise<void> {
    this.refuseIfDown();
    this.drivers.push(id);
    this.driving.add(id);
    await this.onDriver();
  }

  async backfillChanged(
    _tenant: string,
    id: string,
    { kill }: { kill: boolean },
  ): Promise<'sent' | 'gone'> {
    this.refuseIfDown();
    if (!this.driving.has(id)) return 'gone';
    this.told.push({ id, kill });
    return 'sent';
  }

  lookUp(input: LookUpInput): Promise<LookUpAnswer> {
    this.refuseIfDown();
    this.lookUps.push(input);
    return Promise.resolve(this.answer);
  }

  receipt(): Promise<ReceiptView | null> {
    return Promise.resolve(null);
  }
  patient(ms: number): number {
    return ms;
  }
  isProjected(): Promise<boolean> {
    return Promise.resolve(true);
  }
  historySize(): Promise<number> {
    return Promise.resolve(0);
  }
  cancelRun(): Promise<'gone'> {
    return Promise.resolve('gone');
  }
  askRun(): Promise<'lost'> {
    return Promise.resolve('lost');
  }
  async *liveTasks(): AsyncIterable<{ tenant: string; taskId: string }> {
    for (const { tenant, taskId } of this.states.values()) yield { tenant, taskId };
  }
  ping(): Promise<void> {
    return Promise.resolve();
  }
  async signalled(send: () => Promise<void>): Promise<'sent' | 'gone'> {
    await send();
    return 'sent';
  }
  runUrl(): string | null {
    return null;
  }
  settled(): Promise<void> {
    return Promise.resolve();
  }
  within<T>(_ms: number, call: () => Promise<T>): Promise<T> {
    return call();
  }

  private live(taskId: string): TaskState | null {
    const state = this.states.get(taskId);
    return state && state.removed === null ? state : null;
  }

  private refuseIfDown(): void {
    if (this.isDown) throw refusal('temporalUnavailable');
  }
}

function take(name: string, state: TaskState, args: Args): string | null {
  const { patch, ifVersion, by, scheduleTime, runId, known } = args;
  switch (name) {
    case 'edit':
      refuseWhere(steps.whyNotEdit(state, ifVersion));
      steps.editTask(state, patch, context(), args.paused);
      return null;
    case 'remove':
      refuseWhere(steps.whyNotEdit(state, ifVersion));
      steps.removeTask(state, by, context());
      return null;
    case 'start':
      refuseWhere(steps.whyNotStart(state));
      return steps.startByHand(state, by, context()).runId;
    case 'cancelRun':
      refuseWhere(steps.whyNotCancel(state, runId));
      steps.cancelRun(state, args, context());
      return runId;
    case 'startWithPresent': {
      const ask = { scheduleTime, by, known };
      refuseWhere(steps.whyNotWithPresent(state, ask));
      return steps.startWithPresent(state, ask, context()).runId;
    }
    case 'import':
      refuseWhere(steps.whyNotImport(state));
      steps.takeImport(state, args.task, by, context());
      return null;
    case 'resetGate':
      refuseWhere(steps.whyNotReset(state, scheduleTime));
      steps.resetGate(state, scheduleTime, context());
      return null;
    default:
      refuseWhere(steps.whyNotEdit(state, null));
      steps.setPaused(state, name === 'pause', context());
      return null;
  }
}

function context(): steps.StepContext {
  return { now: new Date().toISOString(), newRunId: newId };
}

function refuseWhere(refused: steps.Refusal | null): void {
  if (refused) throw new TablegateError(refused.code, refused.detail);
}

function refusal(code: ErrorCode): TablegateError {
  return new TablegateError(code, `refused: ${code}`);
}
