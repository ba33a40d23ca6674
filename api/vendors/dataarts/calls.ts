/** The calls about collection tasks: their paths, who may make them, what goes in and out. */
import { z } from 'zod';
import { collectionTaskSchema, taskQuerySchema } from '../../../model/dataarts/collection-task';
import { shownLogSchema } from '../../../model/dataarts/shown-log';
import { TablegateError, type ErrorCode } from '../../../model/errors';
import { parseInput } from '../../../model/field-errors';
import type { Role } from '../../../model/people';
import type {
  CollectionAction,
  CollectionPlace,
  MetadataTaskService,
} from '../../../scheduling/scheduling';

/** A request that may be made, as its handler sees it. */
export interface TaskCall {
  service: MetadataTaskService;
  place: CollectionPlace;
  /** Empty where the path has none. */
  taskId: string;
  instanceId: string;
  query: URLSearchParams;
  /** As it came (`model/exact-json.ts`); undefined: there is none. */
  body: unknown;
}

export interface CollectionCall {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  role: Role;
  name: string;
  summary: string;
  description?: string;
  query?: z.ZodObject;
  /** Null: none is read. */
  body: z.ZodType | null;
  answer: z.ZodType;
  /** Refusals beside those that all have. */
  errors: readonly ErrorCode[];
  handler: (call: TaskCall) => Promise<unknown>;
}

const actions: ReadonlyMap<string, CollectionAction> = new Map([
  ['runimmediate', 'start'],
  ['start', 'start'],
  ['run', 'schedule'],
  ['scheduling', 'schedule'],
  ['stop', 'stop'],
]);
const words = [...actions.keys()];

function actionOf(query: URLSearchParams): CollectionAction {
  const sent = query.getAll('action');
  const action = actions.get(sent[0]?.toLowerCase() ?? '');
  if (action !== undefined && sent.length === 1) return action;
  const wrong = ['it is missing; ', ''][sent.length] ?? 'it is sent more than once; ';
  const message = `${wrong}it must be one of ${words.join(', ')}`;
  throw new TablegateError('invalidInput', `\`action\` in the query: ${message}`, {
    fields: [{ path: 'action', message }],
  });
}

const all = '/v3/{project_id}/metadata/tasks';
const one = `${all}/{task_id}`;

const nothing = z.object({}).meta({ description: 'Nothing' });
const text = z.string().nullish();
const logBody = z.looseObject({ bridge_id: text, classification_id: text });

const found = z
  .object({
    count: z.number().int().meta({ description: 'Tasks that were found, on all pages' }),
    total_records: z.number().int().meta({ description: 'Tasks of the project' }),
    max_records: z.number().int(),
    resources: z.array(collectionTaskSchema),
  })
  .meta({ id: 'DataArtsFoundTasks' });

const created = z.object({
  task_id: z.string().meta({ examples: ['8a9480ed8353e491018354b87f63009e'] }),
});

const saving = ['directoryNotFound', 'grantMissing', 'temporalUnavailable'] as const;
const changing = [
  'taskNotFound',
  'taskRemoved',
  'temporalUnavailable',
  'workerUnavailable',
] as const;

export const collectionCalls: readonly CollectionCall[] = [
  {
    method: 'post',
    path: `${all}/create`,
    role: 'developer',
    name: 'createTask',
    summary: 'Create a collection task',
    description:
      '`RUN_ONCE` begins with its run. A connection or a kind of source that is not known is taken; ' +
      'the run says what is missing.',
    body: collectionTaskSchema,
    answer: created,
    errors: saving,
    handler: async ({ service, place, body }) => {
      const { taskId } = await service.create(place, body);
      return { task_id: taskId };
    },
  },
  {
    method: 'post',
    path: `${all}/search`,
    role: 'viewer',
    name: 'showTaskList',
    summary: 'Find collection tasks, newest first',
    body: taskQuerySchema,
    answer: found,
    errors: [],
    handler: ({ service, place, body }) => service.search(place, body),
  },
  {
    method: 'get',
    path: one,
    role: 'viewer',
    name: 'showTaskInfo',
    summary: 'Read a collection task',
    body: null,
    answer: collectionTaskSchema,
    errors: ['taskNotFound'],
    handler: ({ service, place, taskId }) => service.get(place, taskId),
  },
  {
    method: 'put',
    path: one,
    role: 'developer',
    name: 'updateTaskInfo',
    summary: 'Replace a collection task',
    description: 'Starts nothing by itself; without `enabled` it stays on or off.',
    body: collectionTaskSchema,
    answer: nothing,
    errors: [...new Set([...saving, ...changing])],
    handler: async ({ service, place, taskId, body }) => {
      await service.replace(place, taskId, body);
      return {};
    },
  },
  {
    method: 'delete',
    path: one,
    role: 'developer',
    name: 'deleteTaskInfo',
    summary: 'Remove a collection task; what it collected stays',
    body: null,
    answer: nothing,
    errors: [...changing, 'taskInUse'],
    handler: async ({ service, place, taskId }) => {
      await service.remove(place, taskId);
      return {};
    },
  },
  {
    method: 'post',
    path: `${one}/action`,
    role: 'operator',
    name: 'executeTaskAction',
    summary: 'Run a collection task now, switch its schedule on, or stop both',
    description:
      '`runimmediate` and `start` run it now, nothing more where it runs; `run` and `scheduling` switch ' +
      'its schedule on; `stop` switches it off and cancels the run.',
    query: z.object({ action: z.enum(words) }),
    body: null,
    answer: nothing,
    errors: changing,
    handler: async ({ service, place, taskId, query }) => {
      await service.act(place, taskId, actionOf(query));
      return {};
    },
  },
  {
    method: 'post',
    path: `${one}/{instance_id}/log`,
    role: 'viewer',
    name: 'showInstanceLog',
    summary: 'Read the log of a run',
    description: '`instance_id` is the id of a run, as `GET /api/v1/tasks/{id}/runs` lists them.',
    body: logBody.optional(),
    answer: shownLogSchema,
    errors: ['taskNotFound', 'runNotFound'],
    handler: ({ service, place, taskId, instanceId, body }) => {
      parseInput(logBody.optional(), body, 'body');
      return service.log(place, taskId, instanceId);
    },
  },
];
