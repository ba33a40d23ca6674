/** Tasks and instances as the vendor's clients read them. What our model does not hold is left out. */
import { businessDay } from '../../../model/business-day';
import type { RunStarter, RunStatus } from '../../../model/run';
import type { TaskView } from '../../../model/task';
import { alwaysBegun, cronOf, neverEnding, plainTimeOf } from '../../../model/task-change';
import type { NumberedInstance } from '../../../scheduling/scheduling';

/** What stands for the one workflow that scheduled tasks are in. */
export const workflowOfTasks = 1;

/** What lists and single tasks show. */
export function taskShape(task: TaskView) {
  const { runPolicy } = task;
  return {
    Id: BigInt(task.number),
    Name: task.name,
    Description: task.description,
    Owner: task.owner,
    CreateTime: Date.parse(task.createdAt),
    CreateUser: task.creator,
    ModifyTime: Date.parse(task.updatedAt),
    ProjectEnv: task.environment,
    Type: task.job.type,
    WorkflowId: workflowOfTasks,
    Timeout: runPolicy.timeout,
    RerunMode: runPolicy.rerunMode,
    RerunTimes: runPolicy.rerunTimes,
    RerunInterval: runPolicy.rerunInterval,
    Trigger: triggerShape(task),
    ...resourceShape(task),
  };
}

function resourceShape({ runtimeResource: { resourceGroup, image, cu }, dataSource }: TaskView) {
  return {
    RuntimeResource: { ResourceGroupId: resourceGroup, Image: image, Cu: cu },
    DataSource: dataSource === null ? null : { Name: dataSource },
  };
}

export function tagShapes({ tags }: TaskView) {
  return tags.map(({ key, value }) => ({ Key: key, Value: value }));
}

/** A task that waits for its tables is of no type of the vendor's. */
const triggerTypes = { recurring: 'Scheduler', manual: 'Manual', triggered: null } as const;

function triggerShape(task: TaskView) {
  const { kind, recurrence, timezone } = task;
  if (kind !== 'recurring' || recurrence === null) return { Type: triggerTypes[kind] };
  return {
    Type: triggerTypes[kind],
    Recurrence: recurrenceOf(task),
    Cron: cronOf(recurrence),
    StartTime: plainTimeOf(recurrence.startTime, alwaysBegun, timezone),
    EndTime: plainTimeOf(recurrence.endTime, neverEnding, timezone),
  };
}

function recurrenceOf({ paused, recurrence }: TaskView): string {
  if (paused) return 'Pause';
  return recurrence?.mode === 'skip' ? 'Skip' : 'Normal';
}

/** What our statuses are to the vendor's clients. */
const statuses: Record<RunStatus, string> = {
  queued: 'WaitResource',
  running: 'Running',
  succeeded: 'Success',
  failed: 'Failure',
  timedOut: 'Failure',
  cancelled: 'Failure',
  skipped: 'NotRun',
  missed: 'NotRun',
  blocked: 'NotRun',
};

export const instanceStatuses = [
  'NotRun',
  'Running',
  'Failure',
  'Success',
  'WaitTime',
  'WaitResource',
] as const;

/** Those of ours that a status of the vendor stands for. */
export function statusesFor(status: (typeof instanceStatuses)[number]): RunStatus[] {
  const all = Object.keys(statuses) as RunStatus[];
  return all.filter((ours) => statuses[ours] === status);
}

/** What our starters are to the vendor's clients. */
const workflowTypes = {
  backfill: 'SupplementData',
  manual: 'Manual',
  schedule: 'Normal',
  triggers: 'Normal',
} as const satisfies Record<RunStarter, string>;

/** All that the vendor has; of some there is nothing here. */
export const workflowInstanceTypes = [
  ...(['Normal', 'Manual', 'SupplementData'] as const),
  ...(['SmokeTest', 'ManualWorkflow', 'TriggerWorkflow'] as const),
] as const;

/** Those of ours that a type of the vendor stands for. */
export function startersFor(type: (typeof workflowInstanceTypes)[number]): RunStarter[] {
  const all = Object.keys(workflowTypes) as RunStarter[];
  return all.filter((ours) => workflowTypes[ours] === type);
}

/** @param workflowInstance number of the backfill that it was asked for by; null: not said */
export function instanceShape(
  { number, run, task }: NumberedInstance,
  workflowInstance: string | null = null,
) {
  const { timezone } = task;
  return {
    Id: BigInt(number),
    TaskId: BigInt(task.number),
    TaskName: task.name,
    TaskType: task.job.type,
    Description: task.description,
    Owner: task.owner,
    ProjectEnv: task.environment,
    WorkflowId: workflowOfTasks,
    WorkflowInstanceId: workflowInstance === null ? null : BigInt(workflowInstance),
    WorkflowInstanceType: workflowTypes[run.startedBy],
    Status: statuses[run.status],
    RunNumber: Math.max(run.attempt, 1),
    Bizdate: businessDay(run.scheduleTime ?? run.queuedAt, timezone),
    TriggerType: triggerTypes[task.kind],
    TriggerRecurrence: task.kind === 'recurring' ? recurrenceOf(task) : null,
    TriggerTime: run.scheduleTime === null ? null : Date.parse(run.scheduleTime),
    CreateTime: Date.parse(run.queuedAt),
    StartedTime: run.startedAt === null ? null : Date.parse(run.startedAt),
    FinishedTime: run.finishedAt === null ? null : Date.parse(run.finishedAt),
    RerunMode: task.runPolicy.rerunMode,
    Timeout: task.runPolicy.timeout,
    ...resourceShape(task),
  };
}
