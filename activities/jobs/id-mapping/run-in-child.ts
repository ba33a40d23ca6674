/** The parent's side of a run: starts its computation and passes on what that says. */
import path from 'node:path';
import { receive, type ChildListener } from '../child-messages';
import { runChild } from '../run-child';
import type { ComputeRequest, IdMappingSummary, ToChild, ToParent } from './messages';

/**
 * Computes in a child process. When the signal aborts, the child is killed and the target keeps
 * what it had.
 * @param onStart told the child's process id
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export function runInChild(
  request: ComputeRequest,
  listener: ChildListener,
  onStart: (pid: number) => void,
): Promise<IdMappingSummary> {
  return runChild<ToParent, IdMappingSummary>({
    entry: path.join(__dirname, 'child'),
    request: { type: 'compute', request } satisfies ToChild,
    signal: listener.signal,
    receive: (message) => receive('id-mapping', message, listener),
    onStart,
    memory: { freesWhenAsked: true },
  });
}
