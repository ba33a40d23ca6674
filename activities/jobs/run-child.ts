/** The parent's side of a computation in a child process: starts it, hears it, ends it. */
import type { ChildProcess } from 'node:child_process';
import { JobError } from '../../model/job-type';
import { forkEntry, type ChildMemory } from './fork-entry';

/** Enough for a stack trace. */
const keptOutput = 4_000;

/** What the last message of a child comes to. */
export type Ending<Answer> = { answer: Answer } | { error: Error };

export interface ChildWork<Message, Answer> {
  /** Absolute path of the module that calls `serveParent`, without extension. */
  entry: string;
  /** Plain JSON. */
  request: object;
  /** When it aborts, the child is killed. */
  signal: AbortSignal;
  /** Sent first where the child has to clean up; it is killed when it takes longer than this. */
  cancel?: { message: object; graceMs: number };
  /** Hands a message on. @returns the ending when it is the last one */
  receive(message: Message): Ending<Answer> | null;
  /** Told the child's process id. */
  onStart?: (pid: number) => void;
  /** Where the usual is too much. */
  memory?: ChildMemory;
}

/** Thrown where a child ended without a last word. */
export class ChildDiedError extends JobError {}

/** Collects the end of what the child writes to its standard error. */
function tailOf(child: ChildProcess): () => string {
  let tail = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => (tail = (tail + text).slice(-keptOutput)));
  return () => tail.trim();
}

function crashError(code: number | null, signal: string | null, output: string): ChildDiedError {
  const cause = new Error(output || `exit code ${code}, signal ${signal}`);
  if (signal === 'SIGKILL') {
    return new ChildDiedError(
      'The computation was killed by the system, most likely because memory ran out.',
      [],
      { cause },
    );
  }
  const how = signal === null ? `with exit code ${code}` : `by ${signal}`;
  return new ChildDiedError(`The computation ended unexpectedly, ${how}.`, [], { cause });
}

/**
 * Computes in a child process.
 * @throws the error of the ending; the signal's reason; ChildDiedError; JobError where none started
 */
export async function runChild<Message, Answer>(work: ChildWork<Message, Answer>): Promise<Answer> {
  const { signal } = work;
  signal.throwIfAborted();
  const child = forkEntry(work.entry, work.memory);
  const tail = tailOf(child);
  const kill = () => child.kill('SIGKILL');
  let killer: NodeJS.Timeout | undefined;
  const end = () => {
    if (work.cancel === undefined || !child.connected) {
      kill();
      return;
    }
    child.send(work.cancel.message, (error) => {
      if (error) kill();
    });
    killer = setTimeout(kill, work.cancel.graceMs);
  };
  signal.addEventListener('abort', end);
  try {
    return await new Promise((resolve, reject) => {
      let ending: Ending<Answer> | null = null;
      child.on('message', (message: Message) => {
        ending ??= signal.aborted ? null : work.receive(message);
      });
      child.on('error', (error) =>
        reject(new JobError(`No process could be started: ${error.message}`)),
      );
      child.on('close', (code, killedBy) => {
        if (ending !== null && 'answer' in ending) resolve(ending.answer);
        else if (signal.aborted) reject(signal.reason as Error);
        else reject(ending ? ending.error : crashError(code, killedBy, tail()));
      });
      child.send(work.request, (error) => {
        // The child is gone already; its end says why.
        if (error) kill();
      });
      if (child.pid !== undefined) work.onStart?.(child.pid);
    });
  } finally {
    signal.removeEventListener('abort', end);
    clearTimeout(killer);
  }
}
