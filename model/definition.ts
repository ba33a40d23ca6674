/** The definition of a task as its workflow changes it: apart from the schemas, which no workflow needs. */
import type { RuntimeResource } from './resource-group';
import type { DefinitionPatch, RunPolicy, TaskDefinition } from './task';

export const defaultRunPolicy: RunPolicy = {
  timeout: null,
  rerunMode: 'AllAllowed',
  rerunTimes: 0,
  rerunInterval: 60,
  maxParallel: 1,
  gateExpiry: 30 * 86_400,
};

/** The job runs on the installation's own workers. */
export const noRuntimeResource: RuntimeResource = {
  resourceGroup: null,
  taskQueue: null,
  image: null,
  cu: null,
};

/**
 * Applies changes to a definition.
 * @returns a new definition; parts that the patch does not name are kept, `runPolicy` and
 *   `runtimeResource` by field
 */
export function mergeDefinition(
  definition: TaskDefinition,
  patch: DefinitionPatch,
): TaskDefinition {
  const { runPolicy = {}, runtimeResource, ...rest } = patch;
  return {
    ...definition,
    ...definedOnly(rest),
    runPolicy: { ...definition.runPolicy, ...definedOnly(runPolicy) },
    ...(runtimeResource && {
      // A task from before this was kept has none.
      runtimeResource: {
        ...noRuntimeResource,
        ...definition.runtimeResource,
        ...definedOnly(runtimeResource),
      },
    }),
  };
}

function definedOnly<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Partial<T>;
}
