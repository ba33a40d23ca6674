/** The parent's side of a run: starts its computation and passes on what that says. */
import path from 'node:path';
import { SupersededError } from '../../../connectors/connector';
import { JobError, type JobContext } from '../../../model/job-type';
import { runChild, type Ending } from '../run-child';
import type { IdMappingConfig } from './config';
import type {
  ComputeFailure,
  ComputeRequest,
  IdMappingSummary,
  ToChild,
  ToParent,
} from './messages';

type Listener = Pick<JobContext<IdMappingConfig>, 'signal' | 'log' | 'progress' | 'table'>;

function errorOf(failure: ComputeFailure): Error {
  const cause = failure.cause === null ? undefined : new Error(failure.cause);
  if (failure.kind === 'superseded') return new SupersededError(failure.message);
  if (failure.kind === 'job') return new JobError(failure.message, [], { cause });
  return new Error(`id-mapping: ${failure.message}`, { cause });
}

/** Hands a message on. @returns the ending when it is the last one */
function receive(message: ToParent, listener: Listener): Ending<IdMappingSummary> | null {
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
 * Computes in a child process. When the signal aborts, the child is killed and the target keeps
 * what it had.
 * @param onStart told the child's process id
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export function runInChild(
  request: ComputeRequest,
  listener: Listener,
  onStart: (pid: number) => void,
): Promise<IdMappingSummary> {
  return runChild<ToParent, IdMappingSummary>({
    entry: path.join(__dirname, 'child'),
    request: { type: 'compute', request } satisfies ToChild,
    signal: listener.signal,
    receive: (message) => receive(message, listener),
    onStart,
  });
}
