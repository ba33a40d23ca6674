import { z } from 'zod';
import type { ErrorCode } from '../../model/errors';
import { directoryIdSchema, projectIdSchema } from '../../model/project';
import {
  scriptInputSchema,
  scriptPatchSchema,
  scriptPutSchema,
  scriptStates,
} from '../../model/script-object';
import { scriptSchema } from '../../model/script-schema';
import {
  maxParameters,
  parameterList,
  parametersSchema,
  scriptTextSchema,
} from '../../model/sync-script-config';
import { listOf, listQuery, pageOf, plainText, scheduleTimeText } from './fields';
import { route, scriptBodyLimit } from './route';
import {
  parameterPreviewShape,
  scriptRowShape,
  scriptShape,
  scriptTreeShape,
  scriptValidationShape,
} from './script-shapes';

const tags = ['Scripts'];
const notFound: ErrorCode[] = ['scriptNotFound', 'projectClosed'];
const notSaved: ErrorCode[] = [...notFound, 'nameTaken', 'directoryNotFound'];

export const scriptRoutes = [
  route({
    method: 'post',
    path: '/api/v1/scripts',
    role: 'developer',
    tags,
    summary: 'Create a script',
    description:
      'It begins with a skeleton from the source to the target. Nothing runs before it has been submitted.',
    body: scriptInputSchema,
    status: 201,
    answer: scriptShape,
    etag: true,
    errors: [
      ...(['projectNotFound', 'directoryNotFound', 'connectionNotFound'] as const),
      ...(['grantMissing', 'nameTaken'] as const),
    ],
    handler: ({ scheduling, caller, body }) => scheduling.scripts.drafts.create(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts',
    role: 'viewer',
    tags,
    summary: 'List the scripts, newest first, without their texts',
    query: listQuery({
      project: projectIdSchema.optional(),
      directory: directoryIdSchema.optional().meta({ description: '`0`: the root' }),
      search: plainText.optional().meta({ description: 'Part of the name, whatever the case' }),
      state: z.enum(scriptStates).optional(),
    }),
    answer: listOf(scriptRowShape),
    errors: ['projectNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, query }) => {
      const { project = null, directory = null, search, state = null } = query;
      const filter = { project, directory, search: search || null, state };
      return scheduling.scripts.drafts.list(caller, filter, pageOf(query));
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts:tree',
    role: 'viewer',
    tags,
    summary: 'All directories and scripts of a project',
    query: z.strictObject({ project: projectIdSchema }),
    answer: scriptTreeShape,
    errors: ['projectNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, query }) =>
      scheduling.scripts.drafts.tree(caller, query.project),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts:schema',
    role: 'viewer',
    tags,
    summary: 'The JSON Schema of scripts',
    description: 'Editors complete and check scripts by it.',
    answer: z.record(z.string(), z.unknown()),
    handler: () => Promise.resolve(z.toJSONSchema(scriptSchema, { io: 'input' })),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts:validate',
    role: 'viewer',
    tags,
    summary: 'Say what is wrong with the text of a script',
    description: 'Nothing is kept. A script that is wrong is an answer, too.',
    body: z.strictObject({
      script: scriptTextSchema,
      parameters: parametersSchema.optional(),
    }),
    bodyLimit: scriptBodyLimit,
    answer: scriptValidationShape,
    handler: ({ scheduling, caller, body }) =>
      scheduling.scripts.validator.validateText(
        caller,
        body.script,
        parameterList(body.parameters),
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/scripts/{id}',
    role: 'viewer',
    tags,
    summary: 'Read a script with its draft',
    answer: scriptShape,
    etag: true,
    errors: notFound,
    handler: ({ scheduling, caller, params }) => scheduling.scripts.drafts.get(caller, params.id),
  }),
  route({
    method: 'patch',
    path: '/api/v1/scripts/{id}',
    role: 'developer',
    tags,
    summary: 'Save parts of a draft, rename or move it',
    description:
      'What is not sent stays; the text is kept exactly as typed. Saving schedules nothing.',
    body: scriptPatchSchema,
    bodyLimit: scriptBodyLimit,
    ifMatch: true,
    answer: scriptShape,
    etag: true,
    errors: notSaved,
    handler: ({ scheduling, caller, params, body, ifVersion }) =>
      scheduling.scripts.drafts.edit(caller, params.id, body, ifVersion),
  }),
  route({
    method: 'put',
    path: '/api/v1/scripts/{id}',
    role: 'developer',
    tags,
    summary: 'Save a whole draft',
    body: scriptPutSchema,
    bodyLimit: scriptBodyLimit,
    ifMatch: true,
    answer: scriptShape,
    etag: true,
    errors: notSaved,
    handler: ({ scheduling, caller, params, body, ifVersion }) =>
      scheduling.scripts.drafts.edit(caller, params.id, body, ifVersion),
  }),
  route({
    method: 'delete',
    path: '/api/v1/scripts/{id}',
    role: 'developer',
    tags,
    summary: 'Remove a script that is not in production, with its versions',
    ifMatch: true,
    status: 204,
    errors: [...notFound, 'scriptInUse', 'temporalUnavailable', 'workerUnavailable'],
    handler: ({ scheduling, caller, params, ifVersion }) =>
      scheduling.scripts.life.remove(caller, params.id, ifVersion),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:validate',
    role: 'viewer',
    tags,
    summary: 'Say what is wrong with the text of a draft',
    answer: scriptValidationShape,
    errors: notFound,
    handler: ({ scheduling, caller, params }) =>
      scheduling.scripts.validator.validate(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:preview-parameters',
    role: 'viewer',
    tags,
    summary: 'What the parameters of a draft come to in its next run',
    description: 'A node without a cycle goes by the time of the call.',
    body: z
      .strictObject({
        scheduleTime: scheduleTimeText.nullable().optional().meta({
          description: 'Another time than that of the next run',
        }),
        parameters: z
          .array(z.strictObject({ name: z.string().max(64), value: z.string().max(1000) }))
          .max(maxParameters)
          .optional()
          .meta({ description: 'In place of those that are saved; right or wrong' }),
      })
      .optional(),
    answer: parameterPreviewShape,
    errors: notFound,
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.scripts.validator.preview(caller, params.id, {
        scheduleTime: body?.scheduleTime ?? null,
        parameters: body?.parameters ?? null,
      }),
  }),
];
