import { z } from 'zod';
import { TablegateError } from '../../model/errors';
import { idSchema } from '../../model/fields';
import { maxTables, tableNameSchema } from '../../model/task';
import type { DraftView, TriggerUrl } from '../../scheduling/scheduling';
import { listOf, wholeList } from './fields';
import { route, type RouteCredentials } from './route';
import { draftShape, triggerUrlShape } from './shapes';

const tags = ['Trigger URLs'];

const draftBody = z.strictObject({
  id: idSchema.optional().meta({
    description: 'A draft made before, or a task, to see the URLs with other tables',
  }),
  tables: z
    .array(tableNameSchema)
    .min(1, 'at least one table is needed')
    .max(maxTables, `at most ${maxTables} tables are allowed in one task`),
});

/** Trigger URLs hold tokens, which are derived and never stored: a repeat derives them again. */
const draftCredentials: RouteCredentials = {
  strip: (body) => ({ id: (body as DraftView).id }),
  restore: (kept, call) => {
    const { tables } = call.body as z.output<typeof draftBody>;
    return call.scheduling.tasks.draft(call.caller, { id: (kept as { id: string }).id, tables });
  },
};

const rotateCredentials: RouteCredentials = {
  strip: (body) => ({ table: (body as TriggerUrl).table }),
  restore: async (_kept, { scheduling, caller, params }) => {
    const { items } = await scheduling.tasks.triggerUrls(caller, params.id ?? '');
    const now = items.find(({ table }) => table === params.table);
    if (now) return now;
    throw new TablegateError(
      'tableNotFound',
      `The task has no trigger URL for ${params.table} now`,
    );
  },
};

export const triggerUrlRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tasks:draft',
    role: 'developer',
    tags,
    summary: 'Get an id and its trigger URLs before the task exists',
    description:
      'Good for a day and for one task. Until the task is saved the URLs are refused. With the `id` of ' +
      'a task, the URLs that it has, and those of other tables once it is saved with them.',
    body: draftBody,
    answer: draftShape,
    errors: ['idTaken', 'draftExpired'],
    credentials: draftCredentials,
    handler: ({ scheduling, caller, body }) => scheduling.tasks.draft(caller, body),
  }),
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/trigger-urls',
    role: 'operator',
    tags,
    summary: 'List the trigger URLs of a task',
    answer: listOf(triggerUrlShape),
    errors: ['taskNotFound'],
    handler: async ({ scheduling, caller, params }) =>
      wholeList(await scheduling.tasks.triggerUrls(caller, params.id)),
  }),
  route({
    method: 'post',
    path: '/api/v1/tasks/{id}/trigger-urls/{table}:rotate',
    role: 'developer',
    tags,
    summary: "Replace a table's trigger URL",
    description: 'The former URL is refused within a second.',
    answer: triggerUrlShape,
    errors: ['taskNotFound', 'tableNotFound', 'projectClosed'],
    credentials: rotateCredentials,
    handler: ({ scheduling, caller, params }) =>
      scheduling.tasks.rotate(caller, params.id, params.table),
  }),
];
