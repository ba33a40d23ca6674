import { z } from 'zod';
import type { Caller } from '../../model/people';
import { runStarters, runStatuses } from '../../model/run';
import type { RerunView } from '../../scheduling/scheduling';
import {
  listOf,
  listQuery,
  pageOf,
  plainText,
  scheduleTimeText,
  spanOf,
  spanQuery,
  wholeList,
} from './fields';
import { changeUnanswered, route } from './route';
import { rerunShape, runShape } from './shapes';

const tags = ['Runs'];
const filters = {
  status: z.enum(runStatuses).optional(),
  startedBy: z.enum(runStarters).optional(),
  ...spanQuery('when the run was asked for'),
};

type Filters = z.output<z.ZodObject<typeof filters>>;

/** What a query asks for, of one task or of all. */
function filterOf(taskId: string | null, { status, startedBy, ...span }: Filters) {
  return { taskId, status: status ?? null, startedBy: startedBy ?? null, ...spanOf(span) };
}

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
    method: 'post',
    path: '/api/v1/tasks/{id}:run-with-present',
    role: 'operator',
    tags,
    summary: 'Start a run with the tables that a gate has',
    description:
      'Of the open round, or of the gate of `scheduleTime`; at least one table has to be there. The ' +
      'run has all tables of the task and reads the missing ones as they are; the gate is reset when ' +
      'it ends. A table that comes for that time meanwhile is kept for the next attempt.',
    body: z.strictObject({ scheduleTime: scheduleTimeText.nullable().optional() }).optional(),
    status: 202,
    answer: runShape,
    errors: [
      'taskNotFound',
      'taskRemoved',
      'taskKindMismatch',
      'runInProgress',
      'gateEmpty',
      'rerunDenied',
      ...changeUnanswered,
    ],
    handler: ({ scheduling, caller, params, body, idempotencyKey }) =>
      scheduling.runs.startWithPresent(
        caller,
        params.id,
        { scheduleTime: body?.scheduleTime ?? null },
        idempotencyKey,
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/runs',
    role: 'viewer',
    tags,
    summary: 'List the execution records of a task, newest first',
    query: listQuery(filters),
    answer: listOf(runShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.runs.list(caller, filterOf(params.id, query), pageOf(query)),
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
    description:
      'What works is told to end, and has ten seconds to clean up. A run that waits behind cells of ' +
      'backfills ends at once.',
    answer: runShape,
    errors: ['runNotFound', 'runNotLive', ...changeUnanswered],
    handler: ({ scheduling, caller, params }) =>
      scheduling.runs.cancel(caller, params.id, params.runId),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/runs/{runId}:rerun',
    role: 'operator',
    tags,
    summary: 'Run again what a record is of',
    description:
      'With a schedule time, the next attempt of that instance, with what comes after it if ' +
      '`downstream` is `matching`; it follows a live attempt. Without one, the task is started by ' +
      'hand. The task runs as it is now.',
    body: z.strictObject({ downstream: z.enum(['none', 'matching']).default('none') }).optional(),
    status: 202,
    answer: rerunShape,
    errors: [
      'taskNotFound',
      'runNotFound',
      'taskRemoved',
      'rerunDenied',
      'runInProgress',
      ...changeUnanswered,
    ],
    handler: async ({ scheduling, caller, params, body, idempotencyKey }) => {
      const options = { downstream: body?.downstream ?? 'none', idempotencyKey } as const;
      const rerun = await scheduling.runs.rerun(caller, params.id, params.runId, options);
      return {
        ...(rerun.run ?? runToCome(params.id, caller, rerun)),
        backfillId: rerun.backfillId,
      };
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/runs',
    role: 'viewer',
    tags,
    summary: 'List the execution records of all tasks, newest first',
    query: listQuery({ taskId: plainText.optional(), ...filters }),
    answer: listOf(runShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, query }) =>
      scheduling.runs.list(caller, filterOf(query.taskId || null, query), pageOf(query)),
  }),
];

/** The record of a run that waits for its turn. */
function runToCome(taskId: string, { name }: Caller, { scheduleTime, attempt }: RerunView) {
  return {
    ...({
      id: null,
      taskId,
      status: 'queued',
      startedBy: 'backfill',
      startedByUser: name,
    } as const),
    ...{ scheduleTime, attempt, tries: 0, queuedAt: new Date().toISOString() },
    ...{ startedAt: null, finishedAt: null, progress: null, failureReason: null },
    ...{ failureCause: null, tables: [], summary: null, temporalUrl: null },
  };
}
