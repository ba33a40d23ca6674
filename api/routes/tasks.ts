import { z } from 'zod';
import { TablegateError } from '../../model/errors';
import { taskInputSchema, taskKinds, taskPatchSchema } from '../../model/task';
import { latestStatuses, orders, taskSorts, usualOrder } from '../../model/task-list';
import type { ErrorCode } from '../../model/errors';
import {
  countedListOf,
  flag,
  listOf,
  listQuery,
  pageOf,
  plainText,
  scheduleTimeText,
  wholeList,
} from './fields';
import { changeUnanswered, route, scriptBodyLimit } from './route';
import { taskNameShape, taskRowShape, taskShape } from './shapes';

const tags = ['Tasks'];
const body = taskInputSchema;
const notChanged: ErrorCode[] = ['taskNotFound', 'taskRemoved', ...changeUnanswered];
/** Of tasks of scripts. */
const scriptClosed: ErrorCode[] = ['taskOfScript', 'projectClosed'];
/** Of at most 200 tasks. */
const idsText = z
  .string()
  .regex(
    /^[0-9a-f]{32}(,[0-9a-f]{32}){0,199}$/,
    'it must be 1 to 200 ids, with commas between them',
  )
  .meta({ description: 'Ids with commas between them, at most 200', examples: ['0a'.repeat(16)] });
const notTaken: ErrorCode[] = [
  'unknownJobType',
  'tableNotRegistered',
  'tableWithoutIdMapping',
  'outputTaken',
  'cyclicDependency',
  'scriptInvalid',
  'grantMissing',
];

export const taskRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tasks',
    role: 'developer',
    tags,
    summary: 'Create a scheduling task',
    description:
      'Nothing runs at once: a `triggered` task waits for its tables, a `recurring` one for its time, ' +
      'a `manual` one for a person. ' +
      'With an `id` from `POST /api/v1/tasks:draft` it takes over the trigger URLs of the draft.',
    body,
    bodyLimit: scriptBodyLimit,
    status: 201,
    answer: taskShape,
    etag: true,
    errors: [...notTaken, 'idTaken', 'draftExpired', 'temporalUnavailable'],
    handler: (call) => call.scheduling.tasks.create(call.caller, call.body, call.idempotencyKey),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks',
    role: 'viewer',
    tags,
    summary: 'List the tasks, newest first where no other order is named',
    query: listQuery({
      search: plainText.optional().meta({ description: 'Part of the name, whatever the case' }),
      kind: z.enum(taskKinds).optional(),
      status: z.enum(latestStatuses).optional().meta({
        description: 'How the latest run stands; `none`: the task has not run yet',
      }),
      paused: flag.optional(),
      tag: plainText.optional().meta({ description: '`key`, or `key=value`' }),
      sort: z.enum(taskSorts).default('created'),
      order: z
        .enum(orders)
        .optional()
        .meta({
          description:
            'Where it is not named: `asc` for `name` and `nextRun`, `desc` for `created` and ' +
            '`latestRun`; tasks without such a run come last then',
        }),
    }),
    answer: countedListOf(taskRowShape),
    handler: ({ scheduling, caller, query }) => {
      const { search, kind = null, status = null, paused = null, tag, sort } = query;
      const { order = usualOrder[sort] } = query;
      const wanted = {
        search: search || null,
        kind,
        status,
        paused,
        tag: tag || null,
        sort,
        order,
      };
      return scheduling.tasks.list(caller, wanted, pageOf(query));
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks:named',
    role: 'viewer',
    tags,
    summary: 'Read what tasks are called, also of those that have been removed',
    description:
      'For lists of runs and the like, which name tasks by their ids. An id that no task has had is ' +
      'left out.',
    query: z.strictObject({ ids: idsText }),
    answer: listOf(taskNameShape),
    handler: async ({ scheduling, caller, query }) =>
      wholeList(await scheduling.tasks.named(caller, query.ids.split(','))),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}',
    role: 'viewer',
    tags,
    summary: 'Read a task with its gate and its latest run',
    answer: taskShape,
    etag: true,
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, params }) => scheduling.tasks.get(caller, params.id),
  }),
  route({
    method: 'patch',
    path: '/api/v1/tasks/{id}',
    role: 'developer',
    tags,
    summary: 'Change some fields of a task',
    description:
      'What is not sent stays as it is. A live run keeps the settings that it began with.',
    body: taskPatchSchema,
    bodyLimit: scriptBodyLimit,
    ifMatch: true,
    answer: taskShape,
    etag: true,
    errors: [...notChanged, ...notTaken, ...scriptClosed],
    handler: ({ scheduling, caller, params, body: patch, ifVersion }) =>
      scheduling.tasks.edit(caller, params.id, patch, ifVersion),
  }),
  route({
    method: 'put',
    path: '/api/v1/tasks/{id}',
    role: 'developer',
    tags,
    summary: 'Replace the settings of a task',
    description:
      'What is not sent goes back to its default. `id`, if sent, is the one of the path.',
    body,
    bodyLimit: scriptBodyLimit,
    ifMatch: true,
    answer: taskShape,
    etag: true,
    errors: [...notChanged, ...notTaken, ...scriptClosed],
    handler: async ({ scheduling, caller, params, body: input, ifVersion }) => {
      requireSameId(params.id, input.id);
      return scheduling.tasks.replace(caller, params.id, input, ifVersion);
    },
  }),
  route({
    method: 'delete',
    path: '/api/v1/tasks/{id}',
    role: 'developer',
    tags,
    summary: 'Remove a task',
    description:
      'Its live run is cancelled. Records, ledger and the data that it wrote stay. Tasks that name it ' +
      'in `dependsOn` stand in its way, unless they are detached.',
    ifMatch: true,
    query: z.strictObject({
      detach: flag.optional().meta({
        description:
          'Takes it out of `dependsOn` of other tasks, and out of what waits for it in backfills',
      }),
    }),
    status: 204,
    errors: [...notChanged, 'taskInUse', ...scriptClosed],
    handler: ({ scheduling, caller, params, ifVersion, query }) =>
      scheduling.tasks.remove(caller, params.id, ifVersion, query.detach ?? false),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}:pause',
    role: 'operator',
    tags,
    summary: 'Pause a task',
    description: 'Triggers go on marking; a full gate starts its run on resume.',
    answer: taskShape,
    etag: true,
    errors: notChanged,
    handler: ({ scheduling, caller, params }) => scheduling.tasks.pause(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}:resume',
    role: 'operator',
    tags,
    summary: 'Resume a task',
    answer: taskShape,
    etag: true,
    errors: notChanged,
    handler: ({ scheduling, caller, params }) => scheduling.tasks.resume(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}:reset-gate',
    role: 'operator',
    tags,
    summary: 'Take all marks off a gate',
    description: 'Without `scheduleTime`, the open round; with it, the gate of that time.',
    body: z.strictObject({ scheduleTime: scheduleTimeText.nullable().optional() }).optional(),
    answer: taskShape,
    etag: true,
    errors: [...notChanged, 'taskKindMismatch', 'runInProgress'],
    handler: ({ scheduling, caller, params, body: gate }) =>
      scheduling.tasks.resetGate(caller, params.id, gate?.scheduleTime ?? null),
  }),
];

function requireSameId(ofPath: string, ofBody: string | undefined): void {
  if (ofBody === undefined || ofBody === ofPath) return;
  const message = 'it differs from the id of the path; a task keeps its id';
  throw new TablegateError('invalidInput', `\`id\` in the body: ${message}`, {
    fields: [{ path: 'id', message }],
  });
}
