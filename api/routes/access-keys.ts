import { z } from 'zod';
import { nameSchema } from '../../model/fields';
import type { AccessKey } from '../../model/people';
import { listOf, listQuery, ofUser, pageOf, plainText } from './fields';
import { route } from './route';
import { accessKeyShape } from './shapes';

export const accessKeyRoutes = [
  route({
    method: 'post',
    path: '/api/v1/access-keys',
    role: 'viewer',
    tags: ['Access keys'],
    summary: 'Create an access key, which SDKs of vendors sign with',
    description: 'For oneself; admins make them for others too.',
    body: z.strictObject({
      userId: plainText.min(1, 'a user is needed').optional().meta({
        description: 'Whose it is to be; left out: the caller’s',
      }),
      name: nameSchema,
    }),
    status: 201,
    answer: accessKeyShape
      .extend({
        secret: z.string().nullable().meta({
          description: 'Shown this once; null where an `Idempotency-Key` repeats the call',
        }),
      })
      .meta({ id: 'NewAccessKey' }),
    errors: ['userNotFound', 'notAllowed'],
    credentials: {
      strip: (body) => ({ ...(body as AccessKey), secret: null }),
      restore: (kept) => Promise.resolve(kept),
    },
    handler: ({ scheduling, caller, body: { userId = null, name } }) =>
      scheduling.accessKeys.create(caller, { userId, name }),
  }),
  route({
    method: 'get',
    path: '/api/v1/access-keys',
    role: 'viewer',
    tags: ['Access keys'],
    summary: 'List one’s access keys, as an admin those of all, without their secrets',
    query: listQuery({ userId: ofUser }),
    answer: listOf(accessKeyShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.accessKeys.list(caller, pageOf(query), query.userId || null),
  }),
  route({
    method: 'delete',
    path: '/api/v1/access-keys/{id}',
    role: 'viewer',
    tags: ['Access keys'],
    summary: 'Remove an access key: what it signs is refused from then on',
    description: 'One’s own; admins remove those of others too.',
    status: 204,
    errors: ['accessKeyNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.accessKeys.remove(caller, params.id),
  }),
];
