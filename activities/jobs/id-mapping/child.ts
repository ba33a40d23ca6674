/** Entry of the child process: computes one request and tells its parent how it goes. */
import { failureOf } from '../child-messages';
import { serveParent } from '../serve-parent';
import { computeIdMapping } from './compute';
import type { ToChild, ToParent } from './messages';
import { Reporter } from './report';

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
