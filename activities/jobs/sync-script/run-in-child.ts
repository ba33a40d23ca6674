/** The parent's side of a copy: starts it and passes on what it says. */
import path from 'node:path';
import { SupersededError } from '../../../connectors/connector';
import { JobError, type JobContext } from '../../../model/job-type';
import { runChild, type Ending } from '../run-child';
import type { SyncFailure, SyncRequest, SyncSummary, ToChild, ToParent } from './messages';

type Listener = Pick<JobContext<unknown>, 'signal' | 'log' | 'progress' | 'table'>;

/** Enough to end what runs on servers; a cancelled run ends within two seconds. */
const graceMs = 1_400;
/** What is on its way is bounded; more would only put off the collecting of garbage. */
const heapMiB = 512;

function errorOf(failure: SyncFailure): Error {
  const cause = failure.cause === null ? undefined : new Error(failure.cause);
  if (failure.kind === 'superseded') return new SupersededError(failure.message);
  if (failure.kind === 'job') return new JobError(failure.message, [], { cause });
  return new Error(`sync-script: ${failure.message}`, { cause });
}

/** Hands a message on. @returns the ending when it is the last one */
function receive(message: ToParent, listener: Listener): Ending<SyncSummary> | null {
  switch (message.type) {
    case 'progress':
      listener.progress(message.progress);
      return null;
    case 'table':
      listener.table(message.detail);
      return null;
    case 'log':
      listener.log(message.level, message.line);
      return null;
    case 'done':
      return { answer: message.summary };
    case 'failed':
      return { error: errorOf(message.failure) };
  }
}

/**
 * Copies in a child process. When the signal aborts, the target keeps what it had.
 * @param onStart told the child's process id
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export function runInChild(
  request: SyncRequest,
  listener: Listener,
  onStart: (pid: number) => void,
): Promise<SyncSummary> {
  return runChild<ToParent, SyncSummary>({
    entry: path.join(__dirname, 'child'),
    request: { type: 'copy', request } satisfies ToChild,
    signal: listener.signal,
    cancel: { message: { type: 'cancel' } satisfies ToChild, graceMs },
    receive: (message) => receive(message, listener),
    onStart,
    heapMiB,
  });
}
