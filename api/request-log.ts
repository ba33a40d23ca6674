/**
 * The log of native requests. A line names the route and the path of what matched, and never a
 * query, a header or a path that matched nothing: those may hold keys and tokens.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';
import { newReceipt } from './receipt';

/** What the routes tell the log about a request. */
export interface LogNotes {
  /** Path of the route as the table of routes has it. */
  route?: string;
  /** Path that was asked for, without the query. */
  path?: string;
  user?: string;
  /** What the answer told the caller to name the request by. */
  traceId?: string;
}

/** What is asked again and again by machines, and the parts of pages. */
const quiet = new Set(['/healthz', '/readyz', '/assets']);

const notes = new WeakMap<IncomingMessage, LogNotes>();

/** Adds to what the log will say of a request. */
export function noteForLog(req: IncomingMessage, note: LogNotes): void {
  notes.set(req, { ...notes.get(req), ...note });
}

/** Middleware that gives each request its `id` and `log`, and writes a line when it is answered. */
export function requestLog(log: Logger): HttpLogger {
  return pinoHttp<IncomingMessage, ServerResponse>({
    logger: log,
    genReqId: newReceipt,
    quietReqLogger: true,
    quietResLogger: true,
    serializers: { req: () => undefined },
    customLogLevel: (req, { statusCode }) => {
      if (statusCode === 500) return 'error';
      if (statusCode === 503) return 'warn';
      return quiet.has(notes.get(req)?.route ?? '') ? 'debug' : 'info';
    },
    customSuccessObject: lineOf,
    customErrorObject: (req, res, _error, values) => lineOf(req, res, values),
    customErrorMessage: () => 'request failed',
  });
}

function lineOf(req: IncomingMessage, res: ServerResponse, values: { responseTime: number }) {
  const { route = null, ...known } = notes.get(req) ?? {};
  return {
    method: req.method,
    route,
    ...known,
    status: res.statusCode,
    ms: values.responseTime,
  };
}
