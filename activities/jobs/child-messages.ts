/** What the computation of a job tells its parent, and how both sides put it: one way for all jobs. */
import { SupersededError } from '../../connectors/connector';
import { messageOf } from '../../connectors/message-of';
import { JobError, type JobContext } from '../../model/job-type';
import type { LogLine, RunProgress, TableDetail } from '../../model/run';
import type { Ending } from './run-child';

/** What went wrong in the child. */
export interface ChildFailure {
  /** `job`: told to people; `superseded`: a later run or try has written; `fault`: not foreseen. */
  kind: 'job' | 'superseded' | 'fault';
  message: string;
  cause: string | null;
}

export type FromChild<Summary> =
  | { type: 'progress'; progress: RunProgress }
  | { type: 'table'; detail: TableDetail }
  | { type: 'log'; level: LogLine['level']; line: string }
  | { type: 'done'; summary: Summary }
  | { type: 'failed'; failure: ChildFailure };

/** Who hears what a child says. */
export type ChildListener = Pick<JobContext<unknown>, 'signal' | 'log' | 'progress' | 'table'>;

/** In the child: an error as the parent is told it. */
export function failureOf(error: unknown): ChildFailure {
  const kind =
    error instanceof JobError ? 'job' : error instanceof SupersededError ? 'superseded' : 'fault';
  const { cause } = error as { cause?: unknown };
  const detail = kind === 'fault' ? (error as Error).stack : cause;
  return {
    kind,
    message: messageOf(error),
    cause: detail === undefined ? null : messageOf(detail).slice(0, 4_000),
  };
}

/**
 * In the parent: hands a message on.
 * @param jobType what a fault is of
 * @returns the ending when it is the last one
 */
export function receive<Summary>(
  jobType: string,
  message: FromChild<Summary>,
  listener: ChildListener,
): Ending<Summary> | null {
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
      return { error: errorOf(jobType, message.failure) };
  }
}

function errorOf(jobType: string, failure: ChildFailure): Error {
  const cause = failure.cause === null ? undefined : new Error(failure.cause);
  if (failure.kind === 'superseded') return new SupersededError(failure.message);
  if (failure.kind === 'job') return new JobError(failure.message, [], { cause });
  return new Error(`${jobType}: ${failure.message}`, { cause });
}
