/**
 * Aloudata's two calls, by which its clients trigger a table at schedule times: `POST` only, always
 * answered by the six keys. Whatever else is below its path is answered by them too.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../../../config';
import { TablegateError } from '../../../model/errors';
import type { Scheduling } from '../../../scheduling/scheduling';
import { refusalOf } from '../../errors/refusal-of';
import { noteForLog } from '../../request-log';
import { newTraceId, receiptOf, sendAccepted, sendRefused } from './answers';
import { readJson } from './body';
import { callsPath, readers } from './calls';
import { readCredential } from './headers';
import { logIn } from './login';

/**
 * @param settings where codes of refusals are explained
 * @returns middleware to be mounted at `/anymetrics`
 */
export function aloudata(
  scheduling: Scheduling,
  { publicUrl }: Pick<Settings, 'publicUrl'>,
): RequestHandler {
  return async (req, res) => {
    const traceId = newTraceId();
    noteForLog(req, { traceId });
    try {
      await take(scheduling, req, res, traceId);
      sendAccepted(res, traceId);
    } catch (error) {
      sendRefused(res, traceId, asRefusal(error, req, traceId), publicUrl);
    }
  };
}

/** Who is asking comes first: the body of a stranger is not read. */
async function take(
  { people, backfills }: Scheduling,
  req: Request,
  res: Response,
  traceId: string,
): Promise<void> {
  const read = readerOf(req, res);
  const caller = await logIn(people, readCredential(req.headersDistinct));
  noteForLog(req, { user: caller.name });
  const call = read(await readJson(req, res), caller.tenant);
  const options = { plainTimes: true, receipt: receiptOf(traceId) };
  await backfills.triggerTable(caller, call, options);
}

function readerOf(req: Request, res: Response) {
  const path = (req.baseUrl + req.path).replace(/\/$/, '');
  const read = path.startsWith(`${callsPath}/`)
    ? readers.get(path.slice(callsPath.length + 1))
    : undefined;
  if (!read) {
    throw new TablegateError(
      'routeNotFound',
      `There is no such path; see ${callsPath} in /api/docs`,
    );
  }
  noteForLog(req, { route: path, path });
  if (req.method === 'POST') return read;
  res.setHeader('Allow', 'POST');
  throw new TablegateError('methodNotAllowed', `${req.method} is not taken here; use POST`);
}

/** What nobody expected is told without its words, and logged. */
function asRefusal(error: unknown, req: Request, traceId: string): TablegateError {
  const refusal = refusalOf(error);
  if (refusal && refusal.code !== 'internal') {
    if (refusal.status === 503) req.log.warn({ err: refusal }, 'a request was not served');
    return refusal;
  }
  req.log.error({ traceId, err: error }, 'a request failed');
  return new TablegateError('internal', 'Something went wrong here');
}
