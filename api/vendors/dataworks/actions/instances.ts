/** Instances of tasks. */
import { z } from 'zod';
import type { InstanceStep } from '../../../../scheduling/scheduling';
import { action } from '../action';
import {
  environment,
  flag,
  ids,
  int64,
  integer,
  oneOf,
  orderText,
  readOrder,
  text,
} from '../fields';
import { isNothing, messageOf, notHeld } from '../refusals';
import {
  instanceShape,
  instanceStatuses,
  startersFor,
  statusesFor,
  tagShapes,
  workflowInstanceTypes,
} from '../shapes';
import { nonEmpty, pageFields, pageOf, taskFilter, taskFilterFields } from './tasks';

/** Instances that one call reruns or stops. */
const mostSteps = 100;

/** Days after it still have four digits in their year. */
const latestMs = Date.UTC(9999, 11, 28);

const orders = {
  TriggerTime: 'scheduled',
  StartedTime: 'started',
  FinishedTime: 'finished',
  CreateTime: 'created',
  Id: 'id',
} as const;

export const listTaskInstances = action({
  name: 'ListTaskInstances',
  method: 'POST',
  role: 'viewer',
  summary: 'List the instances of a business day, each by its latest attempt',
  input: z.object({
    Bizdate: integer(0, latestMs).meta({
      description:
        'An instant of the business day, in milliseconds: of the day before the schedule day, in the ' +
        'timezone of each task',
    }),
    Id: int64.optional(),
    Ids: ids(1_000),
    TaskId: int64.optional(),
    TaskIds: ids(1_000),
    TaskName: text(255).optional().meta({ description: 'Part of the name' }),
    Status: oneOf(instanceStatuses),
    WorkflowInstanceId: int64.optional().meta({
      description: 'As `GetCreateWorkflowInstancesResult` tells it',
    }),
    UnifiedWorkflowInstanceId: int64.optional().meta({ description: 'The same' }),
    WorkflowInstanceType: oneOf(workflowInstanceTypes),
    Filter: z.unknown().optional().meta({ description: 'Not known here' }),
    ...taskFilterFields,
    ...pageFields,
    SortBy: orderText(orders, 'Id Desc'),
  }),
  example: { Bizdate: '1767225600000', PageNumber: '1', PageSize: '10' },
  async run({ scheduling, caller, input }) {
    const { Id, Ids, TaskId, TaskIds, Status, WorkflowInstanceType: type } = input;
    if (!isNothing(input.Filter)) throw notHeld('Filter', 'it is not known here');
    const { WorkflowInstanceId: one, UnifiedWorkflowInstanceId: unified } = input;
    const backfills = [one, unified].filter((number) => number !== undefined);
    const filter = {
      ...taskFilter(input, { numbers: either(TaskId, TaskIds), search: input.TaskName }),
      businessTime: input.Bizdate,
      instanceNumbers: nonEmpty(either(Id, Ids)),
      statuses: Status ? statusesFor(Status) : null,
      starters: type ? startersFor(type) : null,
      backfills,
    };
    const { shown, slice } = pageOf(input);
    const order = readOrder(orders, input.SortBy ?? 'Id Desc');
    const found = await scheduling.byNumber.instances(caller, filter, { ...slice, ...order });
    const TaskInstances = found.items.map((item) => instanceShape(item, backfills[0]));
    return { PagingInfo: { ...shown, TotalCount: found.total, TaskInstances } };
  },
});

function either(one: string | undefined, several: string[]): string[] {
  return one === undefined ? several : [one, ...several];
}

export const getTaskInstance = action({
  name: 'GetTaskInstance',
  method: 'GET',
  role: 'viewer',
  summary: 'Read an instance',
  input: z.object({ Id: int64 }),
  example: { Id: '1' },
  async run({ scheduling, caller, input }) {
    const instance = await scheduling.byNumber.instance(caller, input.Id, null);
    return { TaskInstance: { ...instanceShape(instance), Tags: tagShapes(instance.task) } };
  },
});

export const getTaskInstanceLog = action({
  name: 'GetTaskInstanceLog',
  method: 'GET',
  role: 'viewer',
  summary: 'Read the log of an instance',
  input: z.object({
    Id: int64,
    RunNumber: integer(1, 2 ** 31 - 1)
      .optional()
      .meta({ description: 'The latest attempt' }),
  }),
  example: { Id: '1' },
  async run({ scheduling, caller, input }) {
    const lines = await scheduling.byNumber.log(caller, input.Id, input.RunNumber ?? null);
    return { TaskInstanceLog: lines.join('\n') };
  },
});

const steps = {
  Ids: ids(mostSteps),
  Comment: text(1_000).optional(),
};

export const rerunTaskInstances = action({
  name: 'RerunTaskInstances',
  method: 'POST',
  role: 'operator',
  summary: 'Run instances again, with the task as it is now',
  input: z.object({ ...steps, UseLatestConfig: flag.optional() }),
  example: { Ids: '[1]', Comment: 'the source was late' },
  async run({ scheduling, caller, input }) {
    if (input.UseLatestConfig === false)
      throw notHeld('UseLatestConfig', 'a rerun has the settings of now');
    const { Ids, Comment = null } = input;
    return successInfo(await scheduling.byNumber.rerun(caller, Ids, Comment));
  },
});

export const stopTaskInstances = action({
  name: 'StopTaskInstances',
  method: 'POST',
  role: 'operator',
  summary: 'Cancel live instances',
  input: z.object(steps),
  example: { Ids: '[1]' },
  async run({ scheduling, caller, input }) {
    const { Ids, Comment = null } = input;
    return successInfo(await scheduling.byNumber.stop(caller, Ids, Comment));
  },
});

function successInfo(done: readonly InstanceStep[]) {
  const ends = done.map(({ number, error }) => {
    const end = { Success: error === null, Message: error ? messageOf(error) : '' };
    return [number, end] as const;
  });
  return { SuccessInfo: Object.fromEntries(ends) };
}

export const triggerSchedulerTaskInstance = action({
  name: 'TriggerSchedulerTaskInstance',
  method: 'POST',
  role: 'operator',
  summary: 'Bring about the instance of a task at a time',
  input: z.object({
    TaskId: int64,
    EnvType: environment.optional(),
    TriggerTime: integer(0, latestMs).meta({ description: 'Schedule time, in milliseconds' }),
  }),
  example: { TaskId: '1', TriggerTime: '1767225600000' },
  async run({ scheduling, caller, input }) {
    const { TaskId, EnvType = null, TriggerTime } = input;
    await scheduling.byNumber.bringAbout(caller, TaskId, EnvType, new Date(TriggerTime));
    return { Success: true };
  },
});
