/** What the bare side and the process that measures it call things. */
import { defineSignal, defineUpdate } from '@temporalio/workflow';

export const bareQueue = 'bare';

/** A table has arrived, as it were. */
export const arrivedSignal = defineSignal('arrived');

/** Sets the value that a workflow holds, and gives it back. */
export const changeUpdate = defineUpdate<number, [number]>('change');

/** Signals that a round waits for. */
export const signalsOfRound = 3;

export interface ManyChildren {
  /** Children that have ended, of how many. */
  done: number;
  total: number;
  /** How many may run at the same time. */
  window: number;
}

/** Id of the child that a round starts. */
export function roundId(workflowId: string, round: number): string {
  return `${workflowId}/${round}`;
}
