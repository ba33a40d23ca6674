import { z } from 'zod';
import { runStatuses } from '../../model/run';
import { listOf, listQuery, numberUpTo, pageOf, plainText, scheduleTimeText } from './fields';
import { route } from './route';
import { instanceShape } from './shapes';

const tags = ['Instances'];

const query = listQuery({
  from: scheduleTimeText.optional(),
  to: scheduleTimeText.optional(),
  status: z.enum([...runStatuses, 'waiting']).optional(),
});

type Query = z.output<typeof query>;

const filterOf = ({ from, to, status }: Query) => ({
  from: from || null,
  to: to || null,
  status: status ?? null,
});

export const instanceRoutes = [
  route({
    method: 'get',
    path: '/api/v1/tasks/{id}/instances',
    role: 'viewer',
    tags,
    summary: 'List the instances of a task, newest schedule time first',
    description:
      'One a schedule time, with its latest attempt; `waiting`: its gate is open and nothing has run.',
    query,
    answer: listOf(instanceShape),
    errors: ['taskNotFound'],
    handler: ({ scheduling, caller, params, query: sent }) =>
      scheduling.runs.instances(caller, params.id, filterOf(sent), pageOf(sent)),
  }),
  route({
    method: 'get',
    path: '/api/v1/tables/{table}/instances',
    role: 'viewer',
    tags,
    summary: 'List the instances of all tasks that list or read a table',
    description: 'Of gates without a run, the oldest 20 of each task are among them.',
    query,
    answer: listOf(instanceShape),
    errors: ['tableNotFound'],
    handler: ({ scheduling, caller, params, query: sent }) =>
      scheduling.runs.tableInstances(caller, params.table, filterOf(sent), pageOf(sent)),
  }),
];

export const lineageRoutes = [
  route({
    method: 'get',
    path: '/api/v1/lineage',
    role: 'viewer',
    tags: ['Lineage'],
    summary: 'Read which tasks come after which, by tables and by `dependsOn`',
    description:
      'All live tasks with the tables that they touch; with `taskId` or `table`, only what lies ' +
      'before and after it. Edges lead the way the data go.',
    query: z.strictObject({
      taskId: plainText.optional(),
      table: plainText.optional(),
      limit: numberUpTo(100_000, 20_000, 'Most edges in the answer'),
    }),
    answer: z
      .object({
        nodes: z.object({
          tasks: z.array(z.object({ id: z.string(), name: z.string(), kind: z.string() })),
          tables: z.array(z.string()),
        }),
        edges: z.array(
          z.object({
            from: z.string().meta({ description: 'Id of a task, or name of a table' }),
            to: z.string(),
            kind: z.enum(['dependsOn', 'reads', 'lists', 'writes']).meta({
              description: '`lists`: the task waits for the table and does not read it',
            }),
          }),
        ),
        total: z
          .object({ tasks: z.number(), tables: z.number(), edges: z.number() })
          .meta({ description: 'How many there are, also of what was left out' }),
        truncated: z.boolean().meta({
          description: 'True: edges beyond `limit` were left out, and what only they touch',
        }),
      })
      .meta({ id: 'Lineage' }),
    errors: ['taskNotFound', 'tableNotFound'],
    handler: ({ scheduling, caller, query: { taskId, table, limit } }) =>
      scheduling.lineage.graph(caller, { taskId: taskId || null, table: table || null, limit }),
  }),
];
