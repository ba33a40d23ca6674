/** The parent's side of a computation: starts the child, passes on what it says, ends it. */
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import { SupersededError } from '../../../connectors/connector';
import { JobError, type JobContext } from '../../../model/job-type';
import { forkEntry } from '../fork-entry';
import type { IdMappingConfig } from './config';
import type {
  ComputeFailure,
  ComputeRequest,
  IdMappingSummary,
  ToChild,
  ToParent,
} from './messages';

type Listener = Pick<JobContext<IdMappingConfig>, 'signal' | 'log' | 'progress' | 'table'>;

/** Enough for a stack trace. */
const keptOutput = 4_000;

type Ending = { summary: IdMappingSummary } | { failure: ComputeFailure };

/** Collects the end of what the child writes to its standard error. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => (tail = (tail + text).slice(-keptOutput)));
  return () => tail.trim();
}

function errorOf(failure: ComputeFailure): Error {
  const cause = failure.cause === null ? undefined : new Error(failure.cause);
  if (failure.kind === 'superseded') return new SupersededError(failure.message);
  if (failure.kind === 'job') return new JobError(failure.message, [], { cause });
  return new Error(`id-mapping: ${failure.message}`, { cause });
}

function crashError(code: number | null, signal: string | null, output: string): JobError {
  const cause = new Error(output || `exit code ${code}, signal ${signal}`);
  if (signal === 'SIGKILL') {
    return new JobError(
      'The computation was killed by the system, most likely because memory ran out.',
      [],
      { cause },
    );
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new JobError(`The computation ended unexpectedly, ${how}.`, [], { cause });
}

/** Hands a message on. @returns the ending when it is the last one */
function receive(message: ToParent, listener: Listener): Ending | null {
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
      return { summary: message.summary };
    case 'failed':
      return { failure: message.failure };
  }
}

/**
 * Computes in a child process. When the signal aborts, the child is killed and the target keeps
 * what it had.
 * @param onStart told the child's process id
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export async function runInChild(
  request: ComputeRequest,
  listener: Listener,
  onStart: (pid: number) => void,
): Promise<IdMappingSummary> {
  const { signal } = listener;
  signal.throwIfAborted();
  const child = forkEntry(path.join(__dirname, 'child'));
  const tail = tailOf(child);
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill);
  try {
    return await new Promise((resolve, reject) => {
      let ending: Ending | null = null;
      child.on('message', (message: ToParent) => {
        ending ??= signal.aborted ? null : receive(message, listener);
      });
      child.on('error', (error) =>
        reject(new JobError(`No process could be started: ${error.message}`)),
      );
      child.on('close', (code, killedBy) => {
        if (ending !== null && 'summary' in ending) resolve(ending.summary);
        else if (signal.aborted) reject(signal.reason as Error);
        else reject(ending ? errorOf(ending.failure) : crashError(code, killedBy, tail()));
      });
      child.send({ type: 'compute', request } satisfies ToChild, (error) => {
        // The child is gone already; its end says why.
        if (error) kill();
      });
      if (child.pid !== undefined) onStart(child.pid);
    });
  } finally {
    signal.removeEventListener('abort', kill);
  }
}
