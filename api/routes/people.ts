import { z } from 'zod';
import { nameSchema } from '../../model/fields';
import { accountSchema, maxCredential, roles, type Key } from '../../model/people';
import { listOf, listQuery, ofUser, pageOf, plainText, wholeList } from './fields';
import { route } from './route';
import { callerShape, grantShape, keyShape, projectShape, tenantShape, userShape } from './shapes';

const shownOnce = 'Shown this once; null where an `Idempotency-Key` repeats the call';

/** No longer than vendors' callers may send in `tenant-id`. */
const tenantIdPattern = /^[a-z0-9][a-z0-9_-]{0,31}$/;

const account = accountSchema.nullable().meta({
  description: 'Name in other systems, one in the tenant; null: none',
});

const identityTriggers = z.boolean().meta({
  description:
    'True: vendor calls that trigger tables are taken from whoever names this user by `UID` or ' +
    '`ACCOUNT`, without a key. Those are no secrets: allow it where only trusted callers reach ' +
    'the server',
});

export const tenantRoutes = [
  route({
    method: 'get',
    path: '/api/v1/tenants',
    role: 'admin',
    tags: ['Tenants'],
    summary: 'List the tenants',
    answer: listOf(tenantShape),
    handler: ({ scheduling, caller }) => scheduling.people.tenants(caller),
  }),
  route({
    method: 'post',
    path: '/api/v1/tenants',
    role: 'admin',
    tags: ['Tenants'],
    summary: 'Create a tenant with its first admin',
    body: z.strictObject({
      id: z
        .string()
        .regex(
          tenantIdPattern,
          `up to ${maxCredential} lower-case letters, digits, - and _ are allowed, a letter or digit first`,
        ),
      name: nameSchema,
    }),
    status: 201,
    answer: z.object({
      tenant: tenantShape,
      adminKey: z.string().nullable().meta({ description: shownOnce }),
    }),
    errors: ['idTaken'],
    credentials: {
      strip: (body) => ({ ...(body as object), adminKey: null }),
      restore: (kept) => Promise.resolve(kept),
    },
    handler: ({ scheduling, caller, body }) => scheduling.people.createTenant(caller, body),
  }),
];

export const userRoutes = [
  route({
    method: 'get',
    path: '/api/v1/me',
    role: 'viewer',
    tags: ['Users'],
    summary: 'Whose key this is',
    answer: callerShape,
    handler: ({ caller: { tenant, userId, name, role } }) =>
      Promise.resolve({ tenant, userId, name, role }),
  }),
  route({
    method: 'get',
    path: '/api/v1/me/user',
    role: 'viewer',
    tags: ['Users'],
    summary: 'Read oneself as a user, with the account in other systems',
    answer: userShape,
    errors: ['userNotFound'],
    handler: ({ scheduling, caller }) => scheduling.people.user(caller, caller.userId),
  }),
  route({
    method: 'get',
    path: '/api/v1/me/grants',
    role: 'viewer',
    tags: ['Grants'],
    summary: 'List which connections one is granted to read and write',
    description: 'Admins may use all connections, without a grant.',
    answer: listOf(grantShape),
    errors: ['userNotFound'],
    handler: async ({ scheduling, caller }) =>
      wholeList(await scheduling.people.grants(caller, caller.userId)),
  }),
  route({
    method: 'get',
    path: '/api/v1/me/projects',
    role: 'viewer',
    tags: ['Projects'],
    summary: 'List the projects that one is a member of',
    description: 'Projects without members are open to all users of the tenant and not among them.',
    answer: listOf(projectShape),
    handler: async ({ scheduling, caller }) =>
      wholeList(await scheduling.projects.ofMember(caller, caller.userId)),
  }),
  route({
    method: 'post',
    path: '/api/v1/users',
    role: 'admin',
    tags: ['Users'],
    summary: 'Create a user',
    body: z.strictObject({
      name: nameSchema,
      role: z.enum(roles),
      account: account.default(null),
      identityTriggers: identityTriggers.default(false),
    }),
    status: 201,
    answer: userShape,
    errors: ['nameTaken'],
    handler: ({ scheduling, caller, body }) => scheduling.people.createUser(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/users',
    role: 'admin',
    tags: ['Users'],
    summary: 'List the users',
    query: listQuery({}),
    answer: listOf(userShape),
    handler: ({ scheduling, caller, query }) => scheduling.people.users(caller, pageOf(query)),
  }),
  route({
    method: 'get',
    path: '/api/v1/users/{id}',
    role: 'admin',
    tags: ['Users'],
    summary: 'Read a user',
    answer: userShape,
    errors: ['userNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.people.user(caller, params.id),
  }),
  route({
    method: 'patch',
    path: '/api/v1/users/{id}',
    role: 'admin',
    tags: ['Users'],
    summary: 'Change a user',
    body: z.strictObject({
      name: nameSchema.optional(),
      role: z.enum(roles).optional(),
      account: account.optional(),
      identityTriggers: identityTriggers.optional(),
    }),
    answer: userShape,
    errors: ['userNotFound', 'lastAdmin', 'nameTaken'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.people.updateUser(caller, params.id, body),
  }),
  route({
    method: 'delete',
    path: '/api/v1/users/{id}',
    role: 'admin',
    tags: ['Users'],
    summary: 'Remove a user with all keys and grants',
    status: 204,
    errors: ['userNotFound', 'lastAdmin'],
    handler: ({ scheduling, caller, params }) => scheduling.people.removeUser(caller, params.id),
  }),
  route({
    method: 'get',
    path: '/api/v1/users/{id}/projects',
    role: 'admin',
    tags: ['Projects'],
    summary: 'List the projects that a user is a member of',
    answer: listOf(projectShape),
    errors: ['userNotFound'],
    handler: async ({ scheduling, caller, params }) => {
      await scheduling.people.user(caller, params.id);
      return wholeList(await scheduling.projects.ofMember(caller, params.id));
    },
  }),
];

export const keyRoutes = [
  route({
    method: 'post',
    path: '/api/v1/keys',
    role: 'viewer',
    tags: ['Keys'],
    summary: 'Create a key',
    description: 'For oneself; admins make them for others too.',
    body: z.strictObject({
      userId: plainText.min(1, 'a user is needed').optional().meta({
        description: 'Whose it is to be; left out: the caller’s',
      }),
      name: nameSchema,
    }),
    status: 201,
    answer: keyShape
      .extend({ secret: z.string().nullable().meta({ description: shownOnce }) })
      .meta({ id: 'NewKey' }),
    errors: ['userNotFound', 'notAllowed'],
    credentials: {
      strip: (body) => ({ ...(body as Key), secret: null }),
      restore: (kept) => Promise.resolve(kept),
    },
    handler: ({ scheduling, caller, body: { userId = null, name } }) =>
      scheduling.people.createKey(caller, { userId, name }),
  }),
  route({
    method: 'get',
    path: '/api/v1/keys',
    role: 'viewer',
    tags: ['Keys'],
    summary: 'List one’s keys, as an admin those of all, without their secrets',
    query: listQuery({ userId: ofUser }),
    answer: listOf(keyShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.people.keys(caller, pageOf(query), query.userId || null),
  }),
  route({
    method: 'delete',
    path: '/api/v1/keys/{id}',
    role: 'viewer',
    tags: ['Keys'],
    summary: 'Remove a key: it is refused from then on, with all sessions that began with it',
    description: 'One’s own; admins remove those of others too.',
    status: 204,
    errors: ['keyNotFound', 'lastAdmin'],
    handler: ({ scheduling, caller, params }) => scheduling.people.removeKey(caller, params.id),
  }),
];
