/** Entry of the child process: looks at the values of some tables and tells its parent what they are like. */
import { messageOf } from '../../../connectors/message-of';
import { serveParent } from '../serve-parent';
import { lookAtValues } from './look-at-values';
import type { ToChild, ToParent } from './messages';

serveParent<ToChild, ToParent>(async ({ work }, send) => {
  try {
    await lookAtValues(work, send);
    return { type: 'done' };
  } catch (error) {
    return { type: 'failed', message: messageOf(error) };
  }
});
