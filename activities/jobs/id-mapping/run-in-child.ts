/** The parent's side of a run: starts its computation and passes on what that says. */
import path from 'node:path';
import { receive, type ChildListener } from '../child-messages';
import { ChildDiedError, runChild } from '../run-child';
import type { ComputeRequest, IdMappingSummary, ToChild, ToParent } from './messages';

/**
 * Computes in a child process. When the signal aborts, the child is killed and the target keeps
 * what it had. Where the child dies otherwise and its result is in place, that counts.
 * @param onStart told the process id of each child
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export async function runInChild(
  request: ComputeRequest,
  listener: ChildListener,
  onStart: (pid: number) => void,
): Promise<IdMappingSummary> {
  const summaryOf = (toChild: ToChild): Promise<IdMappingSummary | null> =>
    runChild<ToParent, IdMappingSummary | null>({
      entry: path.join(__dirname, 'child'),
      request: toChild,
      signal: listener.signal,
      receive: (message) => receive('id-mapping', message, listener),
      onStart,
      memory: { freesWhenAsked: true },
    });
  try {
    return (await summaryOf({ type: 'compute', request }))!;
  } catch (error) {
    if (!(error instanceof ChildDiedError)) throw error;
    const found = await summaryOf({ type: 'find', request }).catch(() => null);
    if (found !== null) return found;
    listener.signal.throwIfAborted();
    throw error;
  }
}
