/** Definitions of tasks, made from what callers send. */
import { defaultRunPolicy, mergeDefinition } from '../model/task';
import type {
  DefinitionPatch,
  TaskDefinition,
  TaskInput,
  TaskPatch,
  TaskView,
} from '../model/task';

/**
 * The definition of a new task, or of one that is replaced whole.
 * @param timezone of a task that names none
 */
export function newDefinition(input: TaskInput, timezone: string): TaskDefinition {
  const { id: _id, recurrence: _r, dependsOn: _d, notifications: _n, ...sent } = input;
  return {
    ...sent,
    description: sent.description ?? '',
    owner: sent.owner ?? null,
    tags: sent.tags ?? [],
    whileRunning: sent.whileRunning ?? 'ignore',
    timezone: sent.timezone ?? timezone,
    runPolicy: mergeDefinition({ runPolicy: defaultRunPolicy } as TaskDefinition, {
      runPolicy: settledPolicy(sent.runPolicy),
    }).runPolicy,
  };
}

/** The definition inside what is shown of a task. */
export function definitionOf(task: TaskView): TaskDefinition {
  const { name, description, owner, tags, environment, kind, tables } = task;
  const { whileRunning, timezone, job, runPolicy } = task;
  return {
    ...{ name, description, owner, tags, environment, kind, tables },
    ...{ whileRunning, timezone, job, runPolicy },
  };
}

/** An edit without the fields that are not settled here. */
export function settledPatch(patch: TaskPatch): DefinitionPatch {
  const { recurrence: _r, dependsOn: _d, notifications: _n, runPolicy, ...fields } = patch;
  return { ...fields, ...(runPolicy && { runPolicy: settledPolicy(runPolicy) }) };
}

/** The fields of a run policy that were sent. */
function settledPolicy(policy: TaskPatch['runPolicy']): NonNullable<DefinitionPatch['runPolicy']> {
  return Object.fromEntries(
    Object.entries(policy ?? {}).filter(([, value]) => value !== undefined),
  );
}
