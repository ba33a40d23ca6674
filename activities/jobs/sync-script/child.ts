/** Entry of the child process: copies as one request says and tells its parent how it goes. */
import { failureOf } from '../child-messages';
import { serveParent } from '../serve-parent';
import { copyRows } from './copy-rows';
import type { SyncRequest, ToChild, ToParent } from './messages';

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
