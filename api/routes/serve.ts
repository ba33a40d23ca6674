/** Puts the table of routes into Express: each request is checked, handled and answered here. */
import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { Settings } from '../../config';
import { TablegateError } from '../../model/errors';
import { invalidInput, parseInput } from '../../model/field-errors';
import type { EventFollower, Scheduling } from '../../scheduling/scheduling';
import { isInParts, sendJson, sendParts, sendText } from '../answer';
import { authenticate, isStillAllowed, requireRole, type Identity } from '../auth/authenticate';
import { setSessionCookie } from '../auth/session-cookie';
import { readBody } from '../body';
import { etagOf, versionIfMatch } from '../etag';
import { sendEvents } from '../event-stream';
import { digestRequest, once, readIdempotencyKey, type Reply } from '../idempotency';
import { noteForLog } from '../request-log';
import { plainText } from './fields';
import { endsInVerb, pathPattern } from './path';
import type { Call, Route } from './route';

export interface ServeOptions {
  routes: readonly Route[];
  scheduling: Scheduling;
  settings: Settings;
  document: () => unknown;
}

/** A router with all routes; what matches no path is 404, what matches by path only is 405. */
export function serveRoutes(options: ServeOptions): Router {
  const router = Router();
  const known = options.routes.map((route) => ({ route, pattern: pathPattern(route.path) }));
  for (const { route, pattern } of known) {
    router[route.method](pattern, (req, res) => serve(route, options, req, res));
  }
  router.use(refuseUnknown(known));
  return router;
}

async function serve(
  route: Route,
  options: ServeOptions,
  req: Request,
  res: Response,
): Promise<void> {
  noteForLog(req, { route: route.path, path: req.path });
  const call = await readCall(route, options, req, res);
  const reply = await handle(route, options, call, req, res);
  const { etag, alsoCsv } = route.answer;
  const asCsv = alsoCsv && (call.query as { format?: string }).format === 'csv';
  const mediaType = asCsv ? 'text/csv' : route.answer.mediaType;
  const tag = etag ? etagOf(reply.body) : null;
  if (tag !== null) res.setHeader('ETag', tag);
  if (mediaType === 'text/event-stream') {
    const mayGoOn = () => isStillAllowed(call, req, options.scheduling);
    sendEvents(req, res, reply.body as EventFollower, { mayGoOn });
  } else if (isInParts(reply.body)) {
    await sendParts(res, mediaType, reply.body);
  } else if (mediaType === 'text/html') {
    sendText(res, reply.status, 'text/html; charset=utf-8', String(reply.body));
  } else {
    sendJson(res, reply.status, reply.body);
  }
}

/** Who is asking comes first: nothing of the request is looked at for strangers. */
async function readCall(
  route: Route,
  { scheduling, settings, document }: ServeOptions,
  req: Request,
  res: Response,
): Promise<Call> {
  const identity = await readIdentity(route, scheduling, settings, req);
  const params = readParams(req);
  const query = parseInput(route.query, { ...req.query }, 'query');
  const ifVersion = route.ifMatch ? versionIfMatch(req.headers['if-match']) : null;
  const idempotencyKey = readIdempotencyKey(req.get('idempotency-key'));
  const sent = route.body ? await readBody(req, res, route.bodyLimit) : undefined;
  const body = route.body ? parseInput(route.body, sent, 'body') : undefined;
  return {
    scheduling,
    settings,
    document,
    ...identity,
    address: req.socket.remoteAddress ?? 'unknown',
    params,
    query,
    body,
    ifVersion,
    idempotencyKey: route.method === 'post' ? idempotencyKey : null,
    setSession: (token) => setSessionCookie(res, token, settings),
  };
}

/** Public routes are handled without a caller; their type does not show them one. */
async function readIdentity(
  route: Route,
  scheduling: Scheduling,
  settings: Settings,
  req: Request,
): Promise<Identity> {
  if (route.role === 'public') return { caller: undefined as never, session: null };
  const identity = await authenticate(req, scheduling, settings);
  noteForLog(req, { user: identity.caller.name });
  requireRole(identity.caller, route.role);
  return identity;
}

function readParams(req: Request): Record<string, string> {
  const params = Object.entries(req.params as Record<string, string>);
  const fields = params.flatMap(([path, value]) => {
    const result = plainText.safeParse(value);
    return (result.error?.issues ?? []).map(({ message }) => ({ path, message }));
  });
  if (fields.length > 0) throw invalidInput('path', fields);
  return Object.fromEntries(params);
}

async function handle(
  route: Route,
  { scheduling }: ServeOptions,
  call: Call,
  req: Request,
  res: Response,
): Promise<Reply> {
  const work = async () => ({ status: statusOf(route, call), body: await route.handler(call) });
  const { caller, idempotencyKey: key } = call;
  if (key === null || route.role === 'public') return work();
  const { credentials } = route;
  const reply = await once(
    {
      service: scheduling.idempotency,
      caller,
      key,
      digest: digestRequest(caller, req.method, req.path, req.body),
      credentials: credentials && {
        strip: (body) => credentials.strip(body),
        restore: (kept) => credentials.restore(kept, call),
      },
      log: req.log,
    },
    work,
  );
  if (reply.replayed) res.setHeader('Idempotency-Replayed', 'true');
  return reply;
}

function statusOf({ answer }: Route, { body }: Call): number {
  const { dryRun = false } = (body ?? {}) as { dryRun?: boolean };
  return answer.planned !== null && dryRun ? 200 : answer.status;
}

function refuseUnknown(known: { route: Route; pattern: RegExp }[]): RequestHandler {
  return (req, res) => {
    const { path, method } = req;
    const matched = known.filter(({ pattern }) => pattern.test(path)).map(({ route }) => route);
    const ofVerb = endsInVerb(path) ? matched.filter((route) => endsInVerb(route.path)) : [];
    // What a verb does goes before the table that may be named so; a verb that is not there is no route.
    const here = ofVerb.length > 0 ? ofVerb : matched;
    if (here.length === 0 || (method === 'POST' && endsInVerb(path) && ofVerb.length === 0)) {
      throw new TablegateError('routeNotFound', 'There is no such path; see /api/docs');
    }
    const allowed = here.flatMap((route) =>
      route.method === 'get' ? ['get', 'head'] : route.method,
    );
    const allow = [...new Set(allowed)].join(', ').toUpperCase();
    res.setHeader('Allow', allow);
    if (method === 'OPTIONS') {
      res.status(204).end();
      return;
    }
    throw new TablegateError('methodNotAllowed', `${method} is not taken here; use ${allow}`);
  };
}
