/** The state machine as somebody drives it by hand: one call at a time, with a clock of its own. */
import { handOver, takeOver, type HandedOver } from '../../../model/hand-over';
import { gateTables, type TaskState } from '../../../model/task-state';
import type { DefinitionPatch, TaskDefinition } from '../../../model/task';
import * as steps from '../../../model/task-steps';
import type { EndedStatus } from '../../../model/run';
import type { LedgerEntry, LedgerProjection, Trigger } from '../../../model/trigger';
import { isMarked, type Gate } from '../../../model/gate';
import { aDefinition, aTaskState } from './definition';

export interface CallOptions {
  time?: string | null;
  key?: string | null;
}

export class Machine {
  state: TaskState;
  private clock = Date.parse('2026-06-01T00:00:00.000Z');
  private receipts = 0;
  private runs = 0;

  constructor(definition: Partial<TaskDefinition> = {}) {
    this.state = aTaskState('task', aDefinition(definition), this.now());
  }

  now(): string {
    return new Date(this.clock).toISOString();
  }

  later(ms: number): void {
    this.clock += ms;
  }

  /** A moment later than all before. */
  context(): steps.StepContext {
    this.clock += 1;
    return { now: this.now(), newRunId: () => `run-${(this.runs += 1)}` };
  }

  makeCall(table: string, { time = null, key = null }: CallOptions = {}): Trigger {
    this.receipts += 1;
    const receipt = `receipt-${this.receipts}`;
    return { receipt, table, at: this.now(), caller: 'a caller', scheduleTime: time, key };
  }

  /** @returns the ledger line of the call */
  call(table: string, options?: CallOptions): LedgerProjection {
    const context = this.context();
    steps.takeTriggers(this.state, [this.makeCall(table, options)], context);
    return structuredClone(this.state.outbox.ledger.at(-1)!);
  }

  /** Calls one after another. @returns their outcomes */
  calls(tables: string[], options?: CallOptions): string[] {
    return tables.map((table) => this.call(table, options).outcome);
  }

  start(): string {
    return steps.startByHand(this.state, 'somebody', this.context()).runId;
  }

  /** Starts a run with what a gate has; null: the open round. */
  startWithPresent(time: string | null, known: steps.PresentAsk['known'] = null): string {
    const ask = { scheduleTime: time, by: 'somebody', known };
    return steps.startWithPresent(this.state, ask, this.context()).runId;
  }

  /** Ends the live run. @returns its id */
  end(status: EndedStatus = 'succeeded'): string {
    const { runId } = this.state.live!;
    steps.runHandedOver(this.state, runId);
    steps.endRun(this.state, this.endOf(runId, status), this.context());
    return runId;
  }

  endOf(runId: string, status: EndedStatus = 'succeeded'): steps.RunEnd {
    const failureReason = status === 'succeeded' ? null : 'it went wrong';
    return { runId, status, finishedAt: this.now(), failureReason };
  }

  edit(patch: DefinitionPatch): void {
    steps.editTask(this.state, patch, this.context());
  }

  pause(paused: boolean): void {
    steps.setPaused(this.state, paused, this.context());
  }

  /** Drops the marks of the open round, or of a time. */
  reset(time: string | null): void {
    steps.resetGate(this.state, time, this.context());
  }

  remove(): void {
    steps.removeTask(this.state, 'somebody', this.context());
  }

  apply(entry: LedgerEntry): LedgerEntry {
    return steps.applyIgnored(this.state, entry, 'somebody', this.context());
  }

  /** Hands the state on as Temporal does: as JSON. */
  rollOver(): void {
    this.state = takeOver(JSON.parse(JSON.stringify(handOver(this.state))) as HandedOver);
  }

  /** Names of the tables that the open round shows as marked. */
  marked(gate: Gate = this.state.round): string[] {
    return gateTables(this.state.definition).filter((table) => isMarked(gate, table));
  }
}
