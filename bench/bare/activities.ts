/** What the bare side's children do. */
import { Context } from '@temporalio/activity';
import { tellParent } from '../support/child-messages';

export async function doNothing(): Promise<void> {}

/** Does nothing, but tells when its first line was reached. */
export async function tellStart(of: string): Promise<void> {
  const at = Date.now();
  tellParent({
    kind: 'started',
    of,
    run: Context.current().info.workflowExecution!.workflowId,
    at,
  });
}
