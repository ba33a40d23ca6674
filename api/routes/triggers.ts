import { z } from 'zod';
import { tableNameSchema } from '../../model/task';
import { triggerOutcomes } from '../../model/trigger';
import { newReceipt } from '../receipt';
import {
  countedListOf,
  listOf,
  listQuery,
  pageOf,
  plainText,
  scheduleTimeText,
  spanOf,
  spanQuery,
} from './fields';
import { changeUnanswered, route } from './route';
import { triggerCallShape, waitingTaskShape } from './shapes';

const tags = ['Triggers'];

export const triggerRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/triggers',
    role: 'operator',
    tags,
    summary: 'Say that a table has arrived',
    description:
      'The same as a call of its trigger URL. Answered once Temporal has stored it; the ledger ' +
      'tells what became of it, under the receipt.',
    body: z.strictObject({
      table: tableNameSchema,
      scheduleTime: scheduleTimeText.nullable().optional(),
    }),
    status: 202,
    answer: z.object({ receipt: z.string(), taskId: z.string() }),
    errors: [
      'taskNotFound',
      'tableNotFound',
      'taskKindMismatch',
      'tooManyTriggers',
      'temporalUnavailable',
    ],
    handler: async ({ scheduling, caller, params, body, idempotencyKey }) => {
      const { receipt, taskId } = await scheduling.triggers.call(caller, params.id, {
        table: body.table,
        scheduleTime: body.scheduleTime ?? null,
        receipt: newReceipt(),
        idempotencyKey,
      });
      return { receipt, taskId };
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/triggers',
    role: 'viewer',
    tags,
    summary: 'List every trigger call of a task with what became of it',
    query: listQuery({
      outcome: z.enum(triggerOutcomes).optional(),
      table: plainText.optional(),
      ...spanQuery('when the call came'),
    }),
    answer: listOf(triggerCallShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.triggers.ledger(
        caller,
        params.id,
        { outcome: query.outcome ?? null, table: query.table || null, ...spanOf(query) },
        pageOf(query),
      ),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/triggers/{receipt}:apply',
    role: 'operator',
    tags,
    summary: 'Apply a trigger call that was ignored',
    answer: triggerCallShape,
    errors: [
      'taskNotFound',
      'taskRemoved',
      'taskKindMismatch',
      'triggerNotFound',
      'triggerNotApplicable',
      'runInProgress',
      ...changeUnanswered,
    ],
    handler: ({ scheduling, caller, params }) =>
      scheduling.triggers.apply(caller, params.id, params.receipt),
  }),
  route({
    method: 'get',
    path: '/api/v1/waiting',
    role: 'viewer',
    tags,
    summary: 'List the tasks with gates that wait, longest waiting first',
    description:
      'What has arrived, what is missing, and how late that is against its usual time, where enough ' +
      'former marks of the table in this task say one.',
    query: listQuery({
      search: plainText.optional().meta({ description: 'Part of the name, whatever the case' }),
      taskId: plainText.optional(),
    }),
    answer: countedListOf(waitingTaskShape),
    handler: ({ scheduling, caller, query: { search, taskId, ...page } }) =>
      scheduling.waiting.board(
        caller,
        { search: search || null, taskId: taskId || null },
        pageOf(page),
      ),
  }),
];
