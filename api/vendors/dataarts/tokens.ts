/** `POST /v3/auth/tokens`, as clients of the vendor's identity service call it. */
import type { Request, Response } from 'express';
import { z } from 'zod';
import { TablegateError } from '../../../model/errors';
import { invalidInput, parseInput } from '../../../model/field-errors';
import type { IdentityClaim, IssuedToken, Scheduling } from '../../../scheduling/scheduling';
import { noteForLog } from '../../request-log';
import { sendExact } from './answers';
import { readBytes, readJson } from './body';

export const tokensPath = '/v3/auth/tokens';

const named = z.looseObject({ id: z.string().nullish(), name: z.string().nullish() });

const passwordSchema = z.looseObject({
  user: z.looseObject({
    id: z.string().nullish().meta({ description: 'Of the user; or `name` and `domain`' }),
    name: z.string().nullish(),
    password: z.string().meta({ description: 'A key of the API that the user has' }),
    domain: named.nullish().meta({ description: 'The tenant, by id or name' }),
  }),
});

const accessKeySchema = z.looseObject({
  access: z.looseObject({ key: z.string().meta({ description: 'Id of an access key' }) }),
  secret: z.looseObject({ key: z.string() }),
});

export const tokenRequestSchema = z
  .looseObject({
    auth: z.looseObject({
      identity: z.looseObject({
        methods: z.array(z.string()).meta({ examples: [['password']] }),
        password: passwordSchema.optional(),
        hw_ak_sk: accessKeySchema.optional(),
      }),
      scope: z
        .looseObject({
          project: named.nullish().meta({
            description: 'The only project that the token is to be for, by id or name',
          }),
          domain: named
            .nullish()
            .meta({ description: 'For all projects that are open to the user' }),
        })
        .nullish(),
    }),
  })
  .meta({ id: 'IdentityTokenRequest' });
type TokenRequest = z.infer<typeof tokenRequestSchema>;

const place = z.object({ id: z.string(), name: z.string() });
export const tokenShape = z
  .object({
    token: z.object({
      methods: z.array(z.string()),
      issued_at: z.string(),
      expires_at: z.string().meta({ examples: ['2026-04-15T00:00:00.000000Z'] }),
      user: place.extend({ domain: place }),
      project: place.extend({ domain: place }).optional(),
      domain: place.optional(),
      roles: z.array(place),
      catalog: z.array(z.unknown()),
    }),
  })
  .meta({ id: 'IdentityToken' });

/** Answers with the token in `X-Subject-Token`. */
export async function giveToken(
  { identity }: Pick<Scheduling, 'identity'>,
  req: Request,
  res: Response,
): Promise<void> {
  noteForLog(req, { route: tokensPath, path: tokensPath });
  if (req.method !== 'POST') {
    res.setHeader('Allow', 'POST');
    throw new TablegateError('methodNotAllowed', `${req.method} is not taken here; use POST`);
  }
  const sent = readJson(await readBytes(req, res));
  const body = parseInput(tokenRequestSchema, sent, 'body');
  const claim = claimOf(body);
  const { project } = body.auth.scope ?? {};
  const scope = project?.id || project?.name || null;
  const issued = await identity.issue(claim, scope, req.socket.remoteAddress ?? 'unknown');
  noteForLog(req, { user: issued.caller.name });
  res.setHeader('X-Subject-Token', issued.token);
  sendExact(res, 201, shownToken(issued, body.auth.identity.methods));
}

function claimOf({ auth: { identity } }: TokenRequest): IdentityClaim {
  const { methods, password, hw_ak_sk: accessKey } = identity;
  if (methods.includes('password')) {
    if (!password) throw missing('auth.identity.password');
    const { id, name, password: key, domain } = password.user;
    if (!id && !name) throw missing('auth.identity.password.user.name');
    return {
      ...{ method: 'password', userId: id || null, userName: name || null, password: key },
      domain: domain?.id || domain?.name || null,
    };
  }
  if (methods.includes('hw_ak_sk')) {
    if (!accessKey) throw missing('auth.identity.hw_ak_sk');
    return { method: 'accessKey', id: accessKey.access.key, secret: accessKey.secret.key };
  }
  const message = 'it must hold password or hw_ak_sk; no other way is known here';
  throw invalidInput('body', [{ path: 'auth.identity.methods', message }]);
}

function missing(path: string): TablegateError {
  return invalidInput('body', [{ path, message: 'it is missing' }]);
}

function shownToken(
  { caller, tenant, project, issuedAt, expiresAt }: IssuedToken,
  methods: readonly string[],
): z.input<typeof tokenShape> {
  const domain = { id: tenant.id, name: tenant.name };
  const { userId, name, role } = caller;
  return {
    token: {
      methods: [...methods],
      issued_at: inMicroseconds(issuedAt),
      expires_at: inMicroseconds(expiresAt),
      user: { id: userId, name, domain },
      ...(project ? { project: { id: project.id, name: project.name, domain } } : { domain }),
      roles: [{ id: role, name: role }],
      catalog: [],
    },
  };
}

/** As the vendor writes times. */
function inMicroseconds(iso: string): string {
  return iso.replace(/Z$/, '000Z');
}
