import { CancellationScope, patched, sleep, uuid4 } from '@temporalio/workflow';
import type { KnownChange, StepContext } from '../model/task-steps';
import type { TaskState } from '../model/task-state';

export interface WorkflowStepContext extends StepContext {
  knows(change: KnownChange): boolean;
  closing(): boolean;
  /** From here on nothing new begins in this history. */
  close(): void;
  /** This history goes on after all. */
  reopen(): void;
  /**
   * For so long what an edit changed is told to nobody: whoever sent it writes it for many tasks at
   * once, and has more to send. 0 ends that.
   */
  holdBack(ms: number): void;
  isHeldBack(): boolean;
}

/** Workflow time and ids: both the same at every replay. */
export function makeStepContext(): WorkflowStepContext {
  let closing = false;
  let heldUntil = 0;
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
    reopen: () => {
      closing = false;
    },
    holdBack: (ms) => {
      const until = ms > 0 ? Date.now() + ms : 0;
      heldUntil = until;
      if (until === 0) return;
      // The loops look again when it is over. Its timer ends it: a clock may be behind that of the
      // server that it began on, and nothing else would make them look.
      void CancellationScope.nonCancellable(() => sleep(ms)).then(() => {
        if (heldUntil === until) heldUntil = 0;
      });
    },
    isHeldBack: () => !closing && Date.now() < heldUntil,
  };
}

/** True while an edit alone waits for the store, which whoever sent it tells of it too. */
export function isHeldBack({ outbox }: TaskState, context: WorkflowStepContext): boolean {
  return context.isHeldBack() && outbox.ledger.length + outbox.runs.length === 0;
}
