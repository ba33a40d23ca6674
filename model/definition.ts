/** The definition of a task as its workflow changes it: apart from the schemas, which no workflow needs. */
import type { DefinitionPatch, RunPolicy, TaskDefinition } from './task';

export const defaultRunPolicy: RunPolicy = {
  timeout: null,
  rerunMode: 'AllAllowed',
  rerunTimes: 0,
  rerunInterval: 60,
  maxParallel: 1,
  gateExpiry: 30 * 86_400,
};

/**
 * Applies changes to a definition.
 * @returns a new definition; parts that the patch does not name are kept, `runPolicy` by field
 */
export function mergeDefinition(
  definition: TaskDefinition,
  patch: DefinitionPatch,
): TaskDefinition {
  const sent = Object.entries(patch).filter(([, value]) => value !== undefined);
  return {
    ...definition,
    ...(Object.fromEntries(sent) as DefinitionPatch),
    runPolicy: { ...definition.runPolicy, ...definedOnly(patch.runPolicy ?? {}) },
  };
}

function definedOnly<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Partial<T>;
}
