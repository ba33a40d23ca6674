import { z } from 'zod';
import {
  backfillRequestSchema,
  backfillStatuses,
  cellsToConfirm,
  cellStates,
} from '../../model/backfill';
import type { ErrorCode } from '../../model/errors';
import { listOf, listQuery, pageOf, plainText } from './fields';
import { manyTimesLimit, route } from './route';
import { backfillShape, cellShape, planShape } from './shapes';

const tags = ['Backfills'];
const notMoved: ErrorCode[] = ['backfillNotFound', 'backfillNotLive', 'temporalUnavailable'];

/** Cells that a backfill is shown with; the list of cells goes on from there. */
const shownCells = 100;

export const backfillRoutes = [
  route({
    method: 'post',
    path: '/api/v1/backfills',
    role: 'operator',
    tags,
    summary: 'Run past schedule times, with all that comes after them if wished',
    description:
      'Of tasks, or of all tasks that list or read some tables; at named times, or at all times of ' +
      'each task in a closed range, which stops at now. Each (task, time) runs once, oldest first, ' +
      'after what it needs. Times without an offset are read in the timezone of each task. ' +
      `A plan of more than ${cellsToConfirm} instances needs \`confirm\`; \`dryRun\` only answers ` +
      `the plan, its first ${cellsToConfirm} instances shown.`,
    body: backfillRequestSchema,
    bodyLimit: manyTimesLimit,
    status: 202,
    answer: backfillShape,
    planned: planShape,
    errors: [
      'taskNotFound',
      'tableNotFound',
      'confirmationNeeded',
      'tooManyTriggers',
      'temporalUnavailable',
    ],
    handler: ({ scheduling, caller, body, idempotencyKey }) =>
      body.dryRun
        ? scheduling.backfills.plan(caller, body)
        : scheduling.backfills.create(caller, body, idempotencyKey),
  }),
  route({
    method: 'get',
    path: '/api/v1/backfills',
    role: 'viewer',
    tags,
    summary: 'List the backfills, newest first',
    description: 'Reruns and table triggers with a schedule time are backfills too.',
    query: listQuery({
      status: z.enum(backfillStatuses).optional(),
      taskId: plainText.optional().meta({ description: 'Only those that asked for this task' }),
    }),
    answer: listOf(backfillShape),
    handler: ({ scheduling, caller, query }) =>
      scheduling.backfills.list(
        caller,
        { status: query.status ?? null, taskId: query.taskId || null },
        pageOf(query),
      ),
  }),
  route({
    method: 'get',
    path: '/api/v1/backfills/{id}',
    role: 'viewer',
    tags,
    summary: 'Read a backfill: status, counts, estimated end and the cells of its newest times',
    answer: backfillShape.extend({ cells: listOf(cellShape) }).meta({ id: 'BackfillWithCells' }),
    errors: ['backfillNotFound'],
    handler: async ({ scheduling: { backfills }, caller, params }) => {
      const page = { pageSize: shownCells, pageToken: null };
      const [view, cells] = await Promise.all([
        backfills.get(caller, params.id),
        backfills.cells(caller, params.id, { state: null, taskId: null }, page),
      ]);
      return { ...view, cells };
    },
  }),
  route({
    method: 'get',
    path: '/api/v1/backfills/{id}/cells',
    role: 'viewer',
    tags,
    summary: 'List what becomes of each (task, time), newest schedule time first',
    query: listQuery({
      state: z.enum(cellStates).optional(),
      taskId: plainText.optional(),
    }),
    answer: listOf(cellShape),
    errors: ['backfillNotFound'],
    handler: ({ scheduling, caller, params, query }) =>
      scheduling.backfills.cells(
        caller,
        params.id,
        { state: query.state ?? null, taskId: query.taskId || null },
        pageOf(query),
      ),
  }),
  route({
    method: 'post',
    path: '/api/v1/backfills/{id}:cancel',
    role: 'operator',
    tags,
    summary: 'Cancel a backfill',
    description:
      'Nothing new starts. `drain`: what runs comes to its end; `kill`: it is cancelled.',
    body: z.strictObject({ mode: z.enum(['drain', 'kill']).default('drain') }).optional(),
    answer: backfillShape,
    errors: notMoved,
    handler: ({ scheduling, caller, params, body }) =>
      scheduling.backfills.cancel(caller, params.id, body?.mode ?? 'drain'),
  }),
  route({
    method: 'post',
    path: '/api/v1/backfills/{id}:pause',
    role: 'operator',
    tags,
    summary: 'Pause a backfill: what runs goes on, nothing new starts',
    answer: backfillShape,
    errors: notMoved,
    handler: ({ scheduling, caller, params }) => scheduling.backfills.pause(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/backfills/{id}:resume',
    role: 'operator',
    tags,
    summary: 'Let a paused backfill go on',
    answer: backfillShape,
    errors: notMoved,
    handler: ({ scheduling, caller, params }) => scheduling.backfills.resume(caller, params.id),
  }),
  route({
    method: 'post',
    path: '/api/v1/backfills/{id}:retry-failed',
    role: 'operator',
    tags,
    summary: 'Run again what failed, timed out or was cancelled, and what that blocked',
    answer: backfillShape,
    errors: notMoved,
    handler: ({ scheduling, caller, params }) =>
      scheduling.backfills.retryFailed(caller, params.id),
  }),
];
