import { importRequestSchema, importResultSchema } from '../../model/task-import';
import { changeUnanswered, manyTimesLimit, route } from './route';

export const taskImportRoutes = [
  route({
    method: 'post',
    path: '/api/v1/tasks:import',
    role: 'developer',
    tags: ['Tasks'],
    summary: 'Keep the tasks of another system in step',
    description:
      'Each task is made, changed or left as it is, by its `externalId`; its creator is `API Sync`. ' +
      'Each stands alone: one that cannot be is answered with why, and the others are done. ' +
      'A repeat changes nothing more, also after a call that broke off. ' +
      'Nobody edits, pauses or removes such a task here, and nobody starts it by hand where it is ' +
      'recurring; its times, table triggers and the tasks before it run it.',
    body: importRequestSchema,
    bodyLimit: manyTimesLimit,
    answer: importResultSchema.meta({ id: 'ImportResult' }),
    errors: [...changeUnanswered],
    handler: ({ scheduling, caller, body }) => scheduling.tasks.importTasks(caller, body),
  }),
];
