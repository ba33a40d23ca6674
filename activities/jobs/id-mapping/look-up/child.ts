/** Entry of the child process: answers one question and tells its parent what it is doing. */
import { messageOf } from '../../../../connectors/message-of';
import { TablegateError } from '../../../../model/errors';
import { serveParent } from '../../serve-parent';
import { lookUp } from './look-up';
import type { FromLookUp, LookUpRequest } from './messages';

serveParent<LookUpRequest, FromLookUp>(async (request, send) => {
  try {
    const answer = await lookUp(request, (what) => send({ type: 'doing', what }));
    return { type: 'answer', answer };
  } catch (error) {
    if (error instanceof TablegateError) {
      const { code, message } = error;
      return { type: 'answer', answer: { kind: 'refused', code, detail: message } };
    }
    return { type: 'fault', message: messageOf(error), stack: String((error as Error).stack) };
  }
});
