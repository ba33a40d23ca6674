import { z } from 'zod';
import type { ErrorCode } from '../../model/errors';
import { projectIdSchema } from '../../model/project';
import { remarksSchema } from '../../model/script-object';
import { versionNumberSchema } from '../../model/sync-script-config';
import { flag, listOf, listQuery, pageOf, plainText } from './fields';
import { changeUnanswered, route } from './route';
import {
  operatedScriptShape,
  scriptAnalysisShape,
  scriptShape,
  scriptSubmissionShape,
  taskScriptShape,
} from './script-shapes';

const tags = ['Scripts'];
const notFound: ErrorCode[] = ['scriptNotFound', 'projectClosed'];
const notPublished: ErrorCode[] = [
  'scriptVersionNotFound',
  'scriptChecksFailed',
  'cyclicDependency',
];

export const scriptLifeRoutes = [
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:check',
    role: 'viewer',
    tags,
    summary: 'Make the checks of a submission, and its lineage analysis, without submitting',
    description: 'The grants that are checked are those of the caller.',
    answer: scriptAnalysisShape,
    errors: notFound,
    handler: ({ scheduling, caller, params }) => scheduling.scripts.life.check(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:submit',
    role: 'developer',
    tags,
    summary: 'Submit the draft as the next version',
    description:
      'A failed check stands in its way; warnings do not. In a `Basic` project the version is in ' +
      'production at once; in a `DevProd` one it gets a task of development, which is run by hand, and ' +
      'waits to be published. It runs with the grants of the caller.',
    body: z.strictObject({ remarks: remarksSchema.default('') }),
    ifMatch: true,
    answer: scriptSubmissionShape,
    errors: [...notFound, ...notPublished, ...changeUnanswered],
    handler: ({ scheduling, caller, params, body, ifVersion }) =>
      scheduling.scripts.life.submit(caller, params.id, body, ifVersion),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:publish',
    role: 'developer',
    tags,
    summary: 'Bring a submitted version into production',
    description: 'An earlier version than the last brings production back to that.',
    body: z
      .strictObject({
        version: versionNumberSchema.optional().meta({
          description: 'The version that was submitted last, unless another one is named',
        }),
      })
      .optional(),
    answer: scriptShape,
    etag: true,
    errors: [...notFound, ...notPublished, 'scriptNotSubmitted', ...changeUnanswered],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.scripts.life.publish(caller, params.id, body?.version ?? null),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:unpublish',
    role: 'developer',
    tags,
    summary: 'Take a script out of production',
    description: 'Its task is removed; records and data stay.',
    query: z.strictObject({
      detach: flag.optional().meta({
        description: 'Takes it out of `dependsOn` of other tasks, which stand in its way otherwise',
      }),
    }),
    answer: scriptShape,
    etag: true,
    errors: [...notFound, 'scriptNotSubmitted', 'taskInUse', ...changeUnanswered],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.scripts.life.unpublish(caller, params.id, query.detach ?? false),
  }),
  route({
    method: 'post',
    path: '/api/v1/scripts/{id}:roll-back',
    role: 'developer',
    tags,
    summary: 'Make the draft what a version was',
    description:
      'With `submit` it is submitted at once; production follows as after any submission.',
    body: z.strictObject({
      version: versionNumberSchema,
      submit: z.boolean().default(false),
      remarks: remarksSchema.default(''),
    }),
    answer: scriptShape,
    etag: true,
    errors: [...notFound, ...notPublished, 'staleVersion', ...changeUnanswered],
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.scripts.life.rollBack(caller, params.id, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/operation-center',
    role: 'viewer',
    tags: ['Operation Center'],
    summary: 'List the scripts in production with their tasks, latest come first',
    description:
      'Runs, instances, reruns and logs are those of the task: `/api/v1/tasks/{id}/instances` and ' +
      '`/api/v1/tasks/{id}/runs`.',
    query: listQuery({
      project: projectIdSchema.optional(),
      search: plainText.optional().meta({ description: 'Part of the name, whatever the case' }),
    }),
    answer: listOf(operatedScriptShape),
    errors: ['projectNotFound', 'projectClosed'],
    handler: ({ scheduling, caller, query }) => {
      const filter = { project: query.project ?? null, search: query.search || null };
      return scheduling.scripts.operationCenter.list(caller, filter, pageOf(query));
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/script',
    role: 'viewer',
    tags: ['Tasks'],
    summary: 'Read the script that a task runs',
    answer: taskScriptShape,
    errors: ['taskNotFound', ...notFound],
    handler: ({ scheduling, caller, params }) =>
      scheduling.scripts.operationCenter.scriptOf(caller, params.id),
  }),
];
