/** Definitions of tasks, made from what callers send. */
import { defaultRunPolicy, mergeDefinition } from '../model/task';
import type {
  DefinitionPatch,
  TaskDefinition,
  TaskInput,
  TaskPatch,
  TaskView,
} from '../model/task';
import { settleRecurrence } from './recurrences';

/**
 * The definition of a new task, or of one that is replaced whole.
 * @param timezone of a task that names none
 * @throws TablegateError invalidInput for a recurrence that cannot be
 */
export function newDefinition(input: TaskInput, timezone: string): TaskDefinition {
  const { id: _id, ...sent } = input;
  const zone = sent.timezone ?? timezone;
  return {
    ...sent,
    description: sent.description ?? '',
    owner: sent.owner ?? null,
    tags: sent.tags ?? [],
    whileRunning: sent.whileRunning ?? 'ignore',
    timezone: zone,
    runPolicy: mergeDefinition({ runPolicy: defaultRunPolicy } as TaskDefinition, {
      runPolicy: settledPolicy(sent.runPolicy),
    }).runPolicy,
    recurrence: sent.recurrence ? settleRecurrence(sent.recurrence, zone) : null,
    dependsOn: sent.dependsOn ?? [],
    notifications: sent.notifications ?? null,
  };
}

/** The definition inside what is shown of a task. */
export function definitionOf(task: TaskView): TaskDefinition {
  const { name, description, owner, tags, environment, kind, tables } = task;
  const { whileRunning, timezone, job, runPolicy, recurrence, dependsOn, notifications } = task;
  return {
    ...{ name, description, owner, tags, environment, kind, tables },
    ...{ whileRunning, timezone, job, runPolicy, recurrence, dependsOn, notifications },
  };
}

/**
 * An edit as the entity takes it. Without a new recurrence the ends of the present one stay the
 * instants that they are, whatever becomes of the timezone.
 * @param timezone of the task as it is
 * @throws TablegateError invalidInput for a recurrence that cannot be
 */
export function settledPatch(patch: TaskPatch, timezone: string): DefinitionPatch {
  const { recurrence, runPolicy, ...fields } = patch;
  return {
    ...fields,
    ...(runPolicy && { runPolicy: settledPolicy(runPolicy) }),
    ...(recurrence !== undefined && {
      recurrence: recurrence && settleRecurrence(recurrence, patch.timezone ?? timezone),
    }),
  };
}

/** The fields of a run policy that were sent. */
function settledPolicy(policy: TaskPatch['runPolicy']): NonNullable<DefinitionPatch['runPolicy']> {
  return Object.fromEntries(
    Object.entries(policy ?? {}).filter(([, value]) => value !== undefined),
  );
}
