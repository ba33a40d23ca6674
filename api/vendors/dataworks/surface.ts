/**
 * DataWorks' API: all actions at the path `/`, told by the header `x-acs-action`. What is read at that
 * path without the header is the console, unless its query names an action.
 */
import { randomUUID } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type { Settings } from '../../../config';
import { parseInput } from '../../../model/field-errors';
import type { Caller } from '../../../model/people';
import type { Scheduling } from '../../../scheduling/scheduling';
import { sendText, setRetryAfter } from '../../answer';
import { requireRole } from '../../auth/authenticate';
import { runParser } from '../../body';
import { refusalOf } from '../../errors/refusal-of';
import { noteForLog } from '../../request-log';
import type { Action } from './action';
import { actions, version } from './actions';
import { authenticate, targetOf } from './authenticate';
import { writeJson } from './json';
import { readParams } from './params';
import { GatewayRefusal, vendorRefusalOf } from './refusals';
import { refuseOlderSignature } from './signature';

/** Room for as many tasks as one call may change, with all that may be said of each. */
const bodyLimit = 8 * 1_048_576;

/** The digest is of the bytes as they come, so none are unpacked. */
const parseRaw = express.raw({ limit: bodyLimit, type: () => true, inflate: false });

/** @returns middleware to be mounted before what serves the console */
export function dataworks(scheduling: Scheduling, settings: Settings): RequestHandler {
  return async (req, res, next) => {
    const name = req.headers['x-acs-action'];
    // The console is read at this path; whatever else is sent to it can only be meant for here.
    if (req.path !== '/' || (name === undefined && isOfConsole(req))) return next();
    const requestId = randomUUID().toUpperCase();
    noteForLog(req, { route: '/', path: '/', traceId: requestId });
    try {
      const answer = await take({ scheduling, settings }, req, res, name);
      send(res, 200, { RequestId: requestId, ...answer });
    } catch (error) {
      refuse(req, res, requestId, error);
    }
  };
}

/** The vendor's older clients name the action in the query. */
function isOfConsole(req: Request): boolean {
  return req.method !== 'POST' && !new URLSearchParams(targetOf(req).query).has('Action');
}

/** Who calls comes before what is called for: only the names of actions are for everybody. */
async function take(
  { scheduling, settings }: { scheduling: Scheduling; settings: Settings },
  req: Request,
  res: Response,
  name: string | string[] | undefined,
): Promise<Record<string, unknown>> {
  if (req.headers.authorization === undefined) refuseOlderSignature(targetOf(req).query);
  if (name === undefined) {
    throw new GatewayRefusal(
      'MissingParameter',
      'The header x-acs-action is mandatory, and a signature by ACS3-HMAC-SHA256 in the header ' +
        'Authorization; what parameters say of action and signature (SignatureVersion 1.0) is not taken.',
    );
  }
  const action = actionOf(req, String(name));
  const check = await authenticate(scheduling, req, settings);
  await runParser(parseRaw, req, res);
  const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
  const caller: Caller = { ...(await check(body)), via: 'DataWorks' };
  noteForLog(req, { user: caller.name });
  requireRole(caller, action.role);
  const params = readParams(targetOf(req).query, body, req.headers['content-type']);
  const input = parseInput(action.input, params, 'body');
  return action.run({ scheduling, caller, input });
}

function actionOf(req: Request, name: string): Action {
  const sent = req.headers['x-acs-version'];
  if (sent !== version) {
    throw sent === undefined
      ? new GatewayRefusal('MissingParameter', 'The header x-acs-version is mandatory.')
      : new GatewayRefusal(
          'InvalidVersion',
          `Specified version is not valid; the one that is known here is ${version}.`,
        );
  }
  const action = actions.get(name);
  if (!action) {
    throw new GatewayRefusal(
      'InvalidAction.NotFound',
      `Specified api is not found here; those that are: ${[...actions.keys()].join(', ')}.`,
    );
  }
  noteForLog(req, { route: `/ ${name}` });
  if (req.method === 'POST' || req.method === action.method) return action;
  throw new GatewayRefusal(
    'UnsupportedHTTPMethod',
    `This http method is not supported; ${name} takes ${[...new Set(['POST', action.method])].join(' and ')}.`,
  );
}

function refuse(req: Request, res: Response, requestId: string, error: unknown): void {
  const { status, ...refusal } = vendorRefusalOf(error);
  if (status === 500) req.log.error({ traceId: requestId, err: error }, 'a request failed');
  if (status === 503) req.log.warn({ err: error }, 'a request was not served');
  const known = refusalOf(error);
  if (known) setRetryAfter(res, known);
  send(res, status, { RequestId: requestId, ...refusal });
}

function send(res: Response, status: number, body: Record<string, unknown>): void {
  res.setHeader('x-acs-request-id', String(body.RequestId));
  sendText(res, status, 'application/json;charset=utf-8', writeJson(body));
}
