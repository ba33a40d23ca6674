/** The parent's side of a copy: starts it and passes on what it says. */
import path from 'node:path';
import { receive, type ChildListener } from '../child-messages';
import { runChild } from '../run-child';
import type { SyncRequest, SyncSummary, ToChild, ToParent } from './messages';

/** Enough to end what runs on servers; a cancelled run ends within two seconds. */
const graceMs = 1_400;
/** What is on its way is bounded; more would only put off the collecting of garbage. */
const heapMiB = 512;

/**
 * Copies in a child process. When the signal aborts, the target keeps what it had.
 * @param onStart told the child's process id
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export function runInChild(
  request: SyncRequest,
  listener: ChildListener,
  onStart: (pid: number) => void,
): Promise<SyncSummary> {
  return runChild<ToParent, SyncSummary>({
    entry: path.join(__dirname, 'child'),
    request: { type: 'copy', request } satisfies ToChild,
    signal: listener.signal,
    cancel: { message: { type: 'cancel' } satisfies ToChild, graceMs },
    receive: (message) => receive('sync-script', message, listener),
    onStart,
    memory: { heapMiB, fewArenas: true },
  });
}
