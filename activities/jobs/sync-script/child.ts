/** Entry of the child process: copies as one request says and tells its parent how it goes. */
import { SupersededError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { JobError } from '../../../model/job-type';
import { serveParent } from '../serve-parent';
import { copyRows } from './copy-rows';
import type { SyncFailure, SyncRequest, ToChild, ToParent } from './messages';

function failureOf(error: unknown): SyncFailure {
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

serveParent<{ type: 'copy'; request: SyncRequest }, ToParent>(async ({ request }, send) => {
  const stop = new AbortController();
  // The parent cancels by asking, so that servers are told and files are removed; then it kills.
  process.on('message', (message: ToChild) => {
    if (message.type === 'cancel') stop.abort(new Error('cancelled'));
  });
  try {
    return { type: 'done', summary: await copyRows(request, send, stop.signal) };
  } catch (error) {
    return { type: 'failed', failure: failureOf(error) };
  }
});
