/**
 * Trigger URLs, as QuickAudience's scripts call them: `GET` or `POST /trigger/{token}`, without key
 * and without body. Always answered by the eight keys, never by a redirect or an empty body. Other
 * methods, HEAD and OPTIONS among them, get 405 before the token is looked at.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { TablegateError } from '../../../model/errors';
import type { AcceptedTrigger, TriggerService } from '../../../scheduling/scheduling';
import { newReceipt } from '../../receipt';
import { sendAccepted, sendRefused, setOutcomeHeaders } from './answers';
import { callerText, readCall } from './call';

/**
 * @param triggers takes the calls
 * @param log gets a line for each; tokens never reach it
 * @returns middleware to be mounted at `/trigger`
 */
export function triggerUrls(triggers: TriggerService, log: Logger): RequestHandler {
  return async (req, res) => {
    const since = Date.now();
    const receipt = newReceipt();
    res.setHeader('X-Tablegate-Receipt', receipt);
    // The body says nothing: it is read only to be thrown away.
    req.resume();
    try {
      await take(triggers, req, res, receipt);
    } catch (error) {
      refuse(res, receipt, error, log, req.url);
    }
    const { method } = req;
    log.info({ method, route, status: res.statusCode, receipt, ms: Date.now() - since }, 'trigger');
  };
}

const route = '/trigger/{token}';

async function take(
  triggers: TriggerService,
  req: Request,
  res: Response,
  receipt: string,
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'POST') {
    res.setHeader('Allow', 'GET, POST');
    throw new TablegateError('methodNotAllowed', 'A trigger URL takes GET and POST only');
  }
  const { token, scheduleTime, idempotencyKey, waitForOutcome } = readCall(req.url, req.headers);
  const caller = callerText(req.socket.remoteAddress, req.headers['user-agent']);
  const accepted = await triggers.callUrl({ token, receipt, caller, scheduleTime, idempotencyKey });
  if (waitForOutcome) await tellOutcome(triggers, accepted, res);
  sendAccepted(res, receipt);
}

/** The call has been taken by now, so nothing that goes wrong in asking may fail it. */
async function tellOutcome(
  triggers: TriggerService,
  accepted: AcceptedTrigger,
  res: Response,
): Promise<void> {
  try {
    const outcome = await triggers.outcome(accepted);
    if (outcome) setOutcomeHeaders(res, outcome);
  } catch {
    // The headers are left out, as for a task that does not answer in time.
  }
}

function refuse(res: Response, receipt: string, error: unknown, log: Logger, url: string): void {
  if (error instanceof TablegateError && error.code !== 'internal') {
    sendRefused(res, receipt, error);
    return;
  }
  log.error({ route, receipt, err: withoutToken(error, url) }, 'a trigger call failed');
  sendRefused(res, receipt, new TablegateError('internal', 'Something went wrong here'));
}

/** The error as text in which no segment of the URL is left. */
function withoutToken(error: unknown, url: string): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const segments = url.split(/[/?]/).filter((segment) => segment.length > 4);
  return segments.reduce((rest, segment) => rest.replaceAll(segment, '…'), text);
}
