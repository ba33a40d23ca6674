/** Entry of the child process: computes one request and tells its parent how it goes. */
import { failureOf } from '../child-messages';
import { serveParent } from '../serve-parent';
import { computeIdMapping } from './compute';
import type { ToChild, ToParent } from './messages';
import { Reporter } from './report';
import { findWritten, tellWritten } from './written';

serveParent<ToChild, ToParent>(async ({ type, request }, send) => {
  const reporter = new Reporter(send);
  // The parent cancels by killing this process, so nothing here is ever aborted.
  const { signal } = new AbortController();
  try {
    if (type === 'find') {
      const written = await findWritten(request);
      return { type: 'done', summary: written && tellWritten(reporter, written) };
    }
    return { type: 'done', summary: await computeIdMapping(request, reporter, signal) };
  } catch (error) {
    reporter.end();
    return { type: 'failed', failure: failureOf(error) };
  }
});
