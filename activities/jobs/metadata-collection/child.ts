/** Entry of the child process: looks at the values of some tables and tells its parent what they are like. */
import { messageOf } from '../../../connectors/message-of';
import { serveParent } from '../serve-parent';
import { lookAtValues } from './look-at-values';
import type { ToChild, ToParent, ValuesWork } from './messages';

serveParent<{ type: 'look'; work: ValuesWork }, ToParent>(async ({ work }, send) => {
  const stop = new AbortController();
  // The parent cancels by asking, so that servers are told; then it kills.
  process.on('message', (message: ToChild) => {
    if (message.type === 'cancel') stop.abort(new Error('cancelled'));
  });
  try {
    await lookAtValues(work, send, stop.signal);
    return { type: 'done' };
  } catch (error) {
    return { type: 'failed', message: messageOf(error) };
  }
});
