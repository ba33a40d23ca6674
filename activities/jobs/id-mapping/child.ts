/** Entry of the child process: computes one request and tells its parent how it goes. */
import { SupersededError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { JobError } from '../../../model/job-type';
import { serveParent } from '../serve-parent';
import { computeIdMapping } from './compute';
import type { ComputeFailure, ToChild, ToParent } from './messages';
import { Reporter } from './report';

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

serveParent<ToChild, ToParent>(async ({ request }, send) => {
  const reporter = new Reporter(send);
  // The parent cancels by killing this process, so nothing here is ever aborted.
  const { signal } = new AbortController();
  try {
    return { type: 'done', summary: await computeIdMapping(request, reporter, signal) };
  } catch (error) {
    reporter.end();
    return { type: 'failed', failure: failureOf(error) };
  }
});
