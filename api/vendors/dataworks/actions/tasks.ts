/** Reading and removing tasks. */
import { z } from 'zod';
import { action } from '../action';
import { environment, ids, int64, integer, oneOf, orderText, readOrder, text } from '../fields';
import { tagShapes, taskShape, workflowOfTasks } from '../shapes';

const named = {
  Id: int64,
  ProjectEnv: environment.optional().meta({
    description: 'Of twins, which have one number: that of production where nothing is said',
  }),
};

export const getTask = action({
  name: 'GetTask',
  method: 'GET',
  role: 'viewer',
  summary: 'Read a task',
  input: z.object(named),
  example: { Id: '1', ProjectEnv: 'Prod' },
  async run({ scheduling, caller, input }) {
    const { Id, ProjectEnv = null } = input;
    const { task, upstream } = await scheduling.byNumber.task(caller, Id, ProjectEnv);
    return {
      Task: {
        ...taskShape(task),
        EnvType: task.environment,
        Tags: tagShapes(task),
        Dependencies: upstream.map((number) => ({ Type: 'Normal', UpstreamTaskId: number })),
      },
    };
  },
});

export const deleteTask = action({
  name: 'DeleteTask',
  method: 'POST',
  role: 'developer',
  summary: 'Remove a task that no other names in its dependencies',
  input: z.object(named),
  example: { Id: '1', ProjectEnv: 'Prod' },
  async run({ scheduling, caller, input }) {
    await scheduling.byNumber.removeTask(caller, input.Id, input.ProjectEnv ?? null);
    return { Success: true };
  },
});

/** Parameters that both lists have. */
export const taskFilterFields = {
  Owner: text(255).optional(),
  ProjectEnv: environment.optional(),
  TaskType: text(100).optional().meta({ description: 'Type of the job' }),
  TriggerType: oneOf(['Scheduler', 'Manual']),
  TriggerRecurrence: oneOf(['Pause', 'Skip', 'Normal']),
  RuntimeResource: text(255).optional().meta({ description: 'Name of a resource group' }),
  WorkflowId: int64.optional().meta({
    description: `All tasks are in the workflow ${workflowOfTasks}, none in another`,
  }),
};

const kinds = { Scheduler: 'recurring', Manual: 'manual' } as const;
const modes = { Pause: 'pause', Skip: 'skip', Normal: 'normal' } as const;

/** Clients send an empty list for what was not set. */
export function nonEmpty(list: string[]): string[] | null {
  return list.length > 0 ? list : null;
}

/** In our words. */
export function taskFilter(
  input: z.output<z.ZodObject<typeof taskFilterFields>>,
  more: { numbers: string[]; search: string | undefined },
) {
  const { TriggerType: type, TriggerRecurrence: recurrence, WorkflowId: workflow } = input;
  const isElsewhere = workflow !== undefined && workflow !== String(workflowOfTasks);
  return {
    numbers: isElsewhere ? [] : nonEmpty(more.numbers),
    search: more.search || null,
    owner: input.Owner ?? null,
    environment: input.ProjectEnv ?? null,
    type: input.TaskType ?? null,
    kind: type ? kinds[type] : recurrence ? kinds.Scheduler : null,
    running: recurrence ? modes[recurrence] : null,
    resourceGroup: input.RuntimeResource ?? null,
  };
}

/** Numbers of pages, beyond which nobody goes. */
const mostPages = 100_000;
const mostPerPage = 500;

export const pageFields = {
  PageNumber: integer(1, mostPages).optional().meta({ description: '1 where nothing is said' }),
  PageSize: integer(1, mostPerPage).optional().meta({ description: '10 where nothing is said' }),
};

/** The part of a list that a page is. */
export function pageOf({
  PageNumber = 1,
  PageSize = 10,
}: {
  PageNumber?: number | undefined;
  PageSize?: number | undefined;
}) {
  const shown = { PageNumber, PageSize };
  return { shown, slice: { offset: (PageNumber - 1) * PageSize, limit: PageSize } };
}

const orders = { ModifyTime: 'changed', CreateTime: 'created', Id: 'id' } as const;

export const listTasks = action({
  name: 'ListTasks',
  method: 'POST',
  role: 'viewer',
  summary: 'List tasks',
  input: z.object({
    Ids: ids(1_000),
    Name: text(255).optional().meta({ description: 'Part of the name' }),
    ...taskFilterFields,
    ...pageFields,
    SortBy: orderText(orders, 'Id Desc'),
  }),
  example: { PageNumber: '1', PageSize: '10' },
  async run({ scheduling, caller, input }) {
    const filter = taskFilter(input, { numbers: input.Ids, search: input.Name });
    const { shown, slice } = pageOf(input);
    const order = readOrder(orders, input.SortBy ?? 'Id Desc');
    const found = await scheduling.byNumber.tasks(caller, filter, { ...slice, ...order });
    return {
      PagingInfo: { ...shown, TotalCount: found.total, Tasks: found.items.map(taskShape) },
    };
  },
});
