import { z } from 'zod';
import { listOf, wholeList } from './fields';
import { route } from './route';
import { grantShape } from './shapes';

const description =
  'Scripts and metadata collection need the grant to read, or to write, of each connection that they ' +
  'use, and are refused with `grantMissing` without it; for the rest, roles decide. Who makes a ' +
  'connection is granted both; admins need none.';

export const grantRoutes = [
  route({
    method: 'get',
    path: '/api/v1/users/{id}/grants',
    role: 'admin',
    tags: ['Grants'],
    summary: 'List which connections a user is granted to read and write',
    description,
    answer: listOf(grantShape),
    errors: ['userNotFound'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.people.grants(caller, params.id)),
  }),
  route({
    method: 'put',
    path: '/api/v1/users/{id}/grants/{connection}',
    role: 'admin',
    tags: ['Grants'],
    summary: 'Grant a user to read or write a connection',
    description,
    body: z.strictObject({ read: z.boolean(), write: z.boolean() }),
    answer: grantShape,
    errors: ['userNotFound', 'connectionNotFound'],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.people.setGrant(caller, {
        userId: params.id,
        connection: params.connection,
        ...body,
      }),
  }),
  route({
    method: 'delete',
    path: '/api/v1/users/{id}/grants/{connection}',
    role: 'admin',
    tags: ['Grants'],
    summary: 'Take a grant back',
    description,
    status: 204,
    errors: ['userNotFound', 'grantNotFound'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.people.removeGrant(caller, params.id, params.connection),
  }),
];
