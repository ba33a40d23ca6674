/** The eight keys, and the headers beside them. */
import type { Response } from 'express';
import { errorCatalogue, type ErrorCode, type TablegateError } from '../../../model/errors';
import { triggerAccepted, triggerRefused, type ReceiptView } from '../../../model/trigger';
import { sendJson, setRetryAfter } from '../../answer';

export function sendAccepted(res: Response, receipt: string): void {
  sendJson(res, 200, triggerAccepted(receipt));
}

/** Sends a refusal in the eight keys; every URL that is not valid gets the same words. */
export function sendRefused(res: Response, receipt: string, refusal: TablegateError): void {
  const { code } = refusal;
  const { status, title } = errorCatalogue[code];
  const words = code === 'triggerUrlRefused' ? title : refusal.message;
  setRetryAfter(res, refusal);
  sendJson(res, status, triggerRefused(receipt, code, words, solutions[code] ?? otherwise));
}

const solutions: Partial<Record<ErrorCode, string>> = {
  triggerUrlRefused:
    'Copy the trigger URL again from the task: it was changed or rotated, or its table or task is gone',
  invalidInput: 'Correct what errorDesc names, then call again',
  methodNotAllowed: 'Call the URL with GET or POST',
  tooManyTriggers: 'Wait as long as the header Retry-After says, then call again',
  temporalUnavailable:
    'Call again later; with an Idempotency-Key, a call that did arrive after all is counted once',
  storeUnavailable: 'Call again later: this call was not counted',
};
const otherwise = 'Call again once; if it lasts, give the traceId to who runs Tablegate';

/** Most characters of `X-Tablegate-Waiting-For`: clients refuse headers of some tens of thousands. */
const maxWaitingFor = 4000;

/** Sets what `?wait=outcome` asked for. */
export function setOutcomeHeaders(
  res: Response,
  { outcome, waitingFor, runId }: ReceiptView,
): void {
  const names = waitingFor.map(inHeader);
  let length = 0;
  const shown = names.filter((name) => (length += name.length + 1) <= maxWaitingFor);
  res.setHeader('X-Tablegate-Outcome', outcome);
  if (shown.length > 0) res.setHeader('X-Tablegate-Waiting-For', shown.join(','));
  if (shown.length < names.length) {
    res.setHeader('X-Tablegate-Waiting-For-More', names.length - shown.length);
  }
  if (runId !== null) res.setHeader('X-Tablegate-Run', runId);
}

/** A table's name, percent-encoded where it is not plain ASCII or holds what separates names. */
function inHeader(name: string): string {
  return name.replace(/[^\x21-\x7e]+|[%,]/gu, (text) => encodeURIComponent(text));
}
