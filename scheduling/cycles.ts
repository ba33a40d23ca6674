import { TablegateError } from '../model/errors';
import type { LineageTask } from '../model/lineage';
import { findCycle } from '../model/task-graph';

/**
 * Refuses a task that would come after itself by way of others (rule 12). Rounds that do not go
 * through it are let be: two saves may have raced, and other tasks can be edited all the same.
 * @param tasks the live tasks of the tenant, with or without the former state of this one
 * @throws TablegateError cyclicDependency naming the shortest way round
 */
export function refuseCycle(task: LineageTask, tasks: readonly LineageTask[]): void {
  const others = tasks.filter(({ id }) => id !== task.id);
  const round = findCycle([...others, task], task.id);
  if (round === null) return;
  const path = [...round, task].map(({ name }) => `"${name}"`).join(' -> ');
  throw new TablegateError(
    'cyclicDependency',
    `The task would come after itself: ${path}; each of these waits for the one before it.`,
    { fields: [{ path: 'dependsOn', message: `it closes a circle: ${path}` }] },
  );
}
