import { patched, uuid4 } from '@temporalio/workflow';
import type { StepContext } from '../model/task-steps';

export interface WorkflowStepContext extends StepContext {
  closing(): boolean;
  /** From here on nothing new begins in this history. */
  close(): void;
}

/** Workflow time and ids: both the same at every replay. */
export function makeStepContext(): WorkflowStepContext {
  let closing = false;
  return {
    get now() {
      return new Date().toISOString();
    },
    newRunId: () => uuid4().replaceAll('-', ''),
    closing: () => closing,
    knows: (change) => patched(change),
    close: () => {
      closing = true;
    },
  };
}
