import { uuid4 } from '@temporalio/workflow';
import type { StepContext } from '../model/task-steps';

/** Workflow time and ids: both the same at every replay. */
export function makeStepContext(): StepContext {
  return {
    get now() {
      return new Date().toISOString();
    },
    newRunId: () => uuid4().replaceAll('-', ''),
  };
}
