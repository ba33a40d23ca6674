/**
 * DataArts' API of collection tasks, and what its clients ask the identity service for: tokens, and the
 * id of their project. Whatever is below `/v3` is answered in the vendor's words.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../../../config';
import { TablegateError } from '../../../model/errors';
import { noControlCharacters } from '../../../model/fields';
import { isId } from '../../../model/names';
import type { Scheduling } from '../../../scheduling/scheduling';
import { requireRole } from '../../auth/authenticate';
import { refusalOf } from '../../errors/refusal-of';
import { newReceipt } from '../../receipt';
import { noteForLog } from '../../request-log';
import { sendExact, sendIdentityRefused, sendRefused } from './answers';
import { identify } from './authenticate';
import { readBytes, readJson } from './body';
import { collectionCalls, type CollectionCall } from './calls';
import { listProjects, projectsPath } from './projects';
import { giveToken, tokensPath } from './tokens';

/** What the identity service answers, by path. */
const identityCalls: ReadonlyMap<string, typeof listProjects> = new Map([
  [tokensPath, ({ scheduling }, req, res) => giveToken(scheduling, req, res)],
  [projectsPath, listProjects],
]);

/** @returns middleware to be mounted at `/v3` */
export function dataArts(scheduling: Scheduling, settings: Settings): RequestHandler {
  return async (req, res) => {
    const identity = identityCalls.get(pathOf(req));
    const traceId = newReceipt();
    noteForLog(req, { traceId });
    // The vendor's SDKs show it with each refusal.
    res.setHeader('X-Request-Id', traceId);
    try {
      if (identity) await identity({ scheduling, settings }, req, res);
      else sendExact(res, 200, await answer({ scheduling, settings }, req, res));
    } catch (error) {
      const send = identity ? sendIdentityRefused : sendRefused;
      send(res, asRefusal(error, req, traceId));
    }
  };
}

function pathOf({ baseUrl, path }: Request): string {
  return (baseUrl + path).replace(/\/$/, '');
}

/** Who is asking comes first, then where, then what. */
async function answer(
  { scheduling, settings }: { scheduling: Scheduling; settings: Settings },
  req: Request,
  res: Response,
): Promise<unknown> {
  const { call, params } = callOf(req, res);
  const { caller, scope, body } = await identify(req, res, scheduling, settings);
  noteForLog(req, { user: caller.name });
  const { metadataTasks: service } = scheduling;
  const project = params.get('project_id') ?? '';
  if (!noControlCharacters.test(project)) throw noProject();
  await service.enter(caller, project, scope);
  const place = { caller, project, workspace: workspaceOf(req) };
  await service.requireWorkspace(place);
  requireRole(caller, call.role);
  const bytes = call.body === null ? null : (body ?? (await readBytes(req, res)));
  return call.handler({
    ...{ service, place },
    taskId: idOf(params, 'task_id', 'taskNotFound'),
    instanceId: idOf(params, 'instance_id', 'runNotFound'),
    query: new URL(req.originalUrl, 'http://here').searchParams,
    body: bytes === null ? undefined : readJson(bytes),
  });
}

type Params = ReadonlyMap<string, string>;

function callOf(req: Request, res: Response): { call: CollectionCall; params: Params } {
  const parts = pathOf(req).split('/');
  const here = collectionCalls.flatMap((call) => {
    const params = paramsOf(call.path.split('/'), parts);
    return params === null ? [] : [{ call, params }];
  });
  if (here.length === 0) {
    const message = 'There is no such path; see DataArts in /api/docs';
    throw new TablegateError('routeNotFound', message);
  }
  const found = here.find(({ call }) => call.method === req.method.toLowerCase());
  if (found) {
    noteForLog(req, { route: found.call.path, path: req.path });
    return found;
  }
  // A path that is written out is itself, though an id might stand in its place.
  const exact = here.filter(({ params }) => !params.has('task_id'));
  const taken = exact.length > 0 ? exact : here;
  const allow = taken.map(({ call }) => call.method.toUpperCase()).join(', ');
  res.setHeader('Allow', allow);
  throw new TablegateError('methodNotAllowed', `${req.method} is not taken here; use ${allow}`);
}

/** Null where the path is not of this form. */
function paramsOf(form: readonly string[], parts: readonly string[]): Params | null {
  if (form.length !== parts.length) return null;
  const params = new Map<string, string>();
  for (const [index, step] of form.entries()) {
    const part = parts[index]!;
    if (step.startsWith('{')) params.set(step.slice(1, -1), decoded(part));
    else if (step !== part) return null;
  }
  return params;
}

/** @throws TablegateError invalidInput */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    const message = 'The path is not percent-encoded UTF-8: a % is followed by two hex digits';
    throw new TablegateError('invalidInput', message);
  }
}

/** Empty where the path has none. */
function idOf(params: Params, name: string, code: 'taskNotFound' | 'runNotFound'): string {
  const id = params.get(name) ?? '';
  if (id === '' || isId(id)) return id;
  throw new TablegateError(code, `\`${name}\`: an id has 32 lower-case hex characters`);
}

/** @throws TablegateError invalidInput */
function workspaceOf(req: Request): string {
  const sent = req.headersDistinct.workspace ?? [];
  const [id = ''] = sent;
  if (sent.length === 1 && id !== '') return id;
  const message =
    sent.length > 1 ? 'it is sent more than once' : 'it is missing; it is the id of a workspace';
  throw new TablegateError('invalidInput', `The header \`workspace\`: ${message}`, {
    fields: [{ path: 'workspace', message }],
  });
}

function noProject(): TablegateError {
  return new TablegateError('projectNotFound', 'There is no such project');
}

/** What nobody expected is told without its words, and logged. */
function asRefusal(error: unknown, req: Request, traceId: string): TablegateError {
  const refusal = refusalOf(error);
  if (refusal && refusal.code !== 'internal') {
    if (refusal.status === 503) req.log.warn({ err: refusal }, 'a request was not served');
    return refusal;
  }
  req.log.error({ traceId, err: error }, 'a request failed');
  return new TablegateError(
    'internal',
    'Something went wrong here; the log has more on X-Request-Id',
  );
}
