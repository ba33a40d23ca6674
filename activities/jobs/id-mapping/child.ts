/** Entry of the child process: computes one request, tells its parent how it goes, and ends. */
import os from 'node:os';
import { SupersededError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { JobError } from '../../../model/job-type';
import { computeIdMapping } from './compute';
import type { ComputeFailure, ToChild, ToParent } from './messages';
import { Reporter } from './report';

// Threads take the niceness of the one that starts them: this comes before DuckDB has any.
const niceness = 10;

function send(message: ToParent): void {
  if (process.connected) process.send?.(message);
}

/** The last word; ends the process once the parent has it. */
function sendLast(message: ToParent): void {
  process.send?.(message, undefined, undefined, () => {
    process.exitCode = 0;
    process.off('disconnect', dieWithParent);
    process.disconnect();
  });
}

/** Nobody waits for the result any more. The target's transaction leaves it whole. */
function dieWithParent(): void {
  process.kill(process.pid, 'SIGKILL');
}

function failureOf(error: unknown): ComputeFailure {
  const kind =
    error instanceof JobError ? 'job' : error instanceof SupersededError ? 'superseded' : 'fault';
  const cause = (error as { cause?: unknown }).cause;
  const detail = kind === 'fault' ? (error as Error).stack : cause;
  return {
    kind,
    message: messageOf(error),
    cause: detail === undefined ? null : messageOf(detail).slice(0, 4_000),
  };
}

async function compute(message: ToChild): Promise<void> {
  const reporter = new Reporter(send);
  // The parent cancels by killing this process, so nothing here is ever aborted.
  const { signal } = new AbortController();
  try {
    const summary = await computeIdMapping(message.request, reporter, signal);
    sendLast({ type: 'done', summary });
  } catch (error) {
    reporter.end();
    sendLast({ type: 'failed', failure: failureOf(error) });
  }
}

os.setPriority(niceness);
process.on('disconnect', dieWithParent);
process.once('message', (message: ToChild) => void compute(message));
