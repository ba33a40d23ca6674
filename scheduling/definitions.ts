/** Definitions of tasks, made from what callers send. */
import type { RuntimeResource } from '../model/resource-group';
import { defaultRunPolicy, mergeDefinition, noRuntimeResource } from '../model/task';
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
 * @param resource where its job runs, as `settledResource` gives it
 * @throws TablegateError invalidInput for a recurrence that cannot be
 */
export function newDefinition(
  input: TaskInput,
  timezone: string,
  resource: Partial<RuntimeResource> = {},
): TaskDefinition {
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
    runtimeResource: { ...noRuntimeResource, ...resource },
    dataSource: sent.dataSource ?? null,
  };
}

/** The definition inside what is shown of a task. */
export function definitionOf(task: TaskView): TaskDefinition {
  const { name, description, owner, tags, environment, kind, tables } = task;
  const { whileRunning, timezone, job, runPolicy, recurrence, dependsOn, notifications } = task;
  const { runtimeResource, dataSource } = task;
  return {
    ...{ name, description, owner, tags, environment, kind, tables },
    ...{ whileRunning, timezone, job, runPolicy, recurrence, dependsOn, notifications },
    ...{ runtimeResource, dataSource },
  };
}

/**
 * An edit as the entity takes it. Without a new recurrence the ends of the present one stay the
 * instants that they are, whatever becomes of the timezone.
 * @param timezone of the task as it is
 * @param resource as `settledResource` gives it
 * @throws TablegateError invalidInput for a recurrence that cannot be
 */
export function settledPatch(
  patch: TaskPatch,
  timezone: string,
  resource: Partial<RuntimeResource> | undefined,
): DefinitionPatch {
  const { recurrence, runPolicy, runtimeResource: _settled, ...fields } = patch;
  return {
    ...fields,
    ...(runPolicy && { runPolicy: settledPolicy(runPolicy) }),
    ...(resource && { runtimeResource: resource }),
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
