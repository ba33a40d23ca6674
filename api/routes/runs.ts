import { z } from 'zod';
import { runStatuses } from '../../model/run';
import { listOf, listQuery, pageOf, plainText, wholeList } from './fields';
import { changeUnanswered, route } from './route';
import { runShape } from './shapes';

const tags = ['Runs'];
const status = z.enum(runStatuses).optional();

const logLineShape = z
  .object({ at: z.string(), level: z.enum(['info', 'warn', 'error']), line: z.string() })
  .meta({ id: 'LogLine' });

export const runRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/runs',
    role: 'operator',
    tags,
    summary: 'Start a run by hand',
    description: 'Whatever the kind of the task; it waits for no trigger and leaves all marks.',
    status: 202,
    answer: runShape,
    errors: ['taskNotFound', 'taskRemoved', 'runInProgress', ...changeUnanswered],
    handler: ({ scheduling, caller, params, idempotencyKey }) =>
      scheduling.runs.start(caller, params.id, idempotencyKey),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/runs',
    role: 'viewer',
    tags,
    summary: 'List the execution records of a task, newest first',
    query: listQuery({ status }),
    answer: listOf(runShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.runs.list(
        caller,
        { taskId: params.id, status: query.status ?? null },
        pageOf(query),
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/runs/{runId}',
    role: 'viewer',
    tags,
    summary: 'Read an execution record',
    answer: runShape,
    errors: ['runNotFound'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.runs.get(caller, params.id, params.runId),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/runs/{runId}/log',
    role: 'viewer',
    tags,
    summary: 'Read the last 1,000 lines of the log of a run, oldest first',
    answer: listOf(logLineShape),
    errors: ['runNotFound'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.runs.log(caller, params.id, params.runId)),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/runs/{runId}:cancel',
    role: 'operator',
    tags,
    summary: 'Cancel a live run',
    answer: runShape,
    errors: ['runNotFound', 'runNotLive', 'temporalUnavailable'],
    handler: ({ scheduling, caller, params }) =>
      scheduling.runs.cancel(caller, params.id, params.runId),
  }),
  route({
    method: 'get',
    path: '/api/v1/runs',
    role: 'viewer',
    tags,
    summary: 'List the execution records of all tasks, newest first',
    query: listQuery({ taskId: plainText.optional(), status }),
    answer: listOf(runShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, query }) =>
      scheduling.runs.list(
        caller,
        { taskId: query.taskId || null, status: query.status ?? null },
        pageOf(query),
      ),
  }),
];
