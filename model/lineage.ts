/** What runs after what: the relation between upstream and downstream tasks. */
import type { JobLineage } from './job-type';
import type { Recurrence } from './recurrence';
import type { Imported, RunPolicy, TaskDefinition, TaskKind } from './task';

/** What planning and the needs of instances have to know of a task. */
export interface LineageTask {
  id: string;
  name: string;
  kind: TaskKind;
  recurrence: Recurrence | null;
  timezone: string;
  createdAt: string;
  dependsOn: string[];
  /** Tables that it lists; of these, `byTask` are marked by the tasks that write them. */
  lists: string[];
  byTask: string[];
  reads: string[];
  writes: string[];
  rerunMode: RunPolicy['rerunMode'];
  /** Set where an import keeps it. */
  imported?: Imported;
}

/** Makes it of a definition and what its job declares. */
export function lineageTask(
  task: { id: string; createdAt: string; imported?: Imported | null } & Pick<
    TaskDefinition,
    'name' | 'kind' | 'recurrence' | 'timezone' | 'dependsOn' | 'tables' | 'runPolicy'
  >,
  { reads, writes }: JobLineage,
): LineageTask {
  const { id, name, kind, recurrence, timezone, createdAt, dependsOn, tables, runPolicy } = task;
  return {
    ...{ id, name, kind, recurrence, timezone, createdAt, dependsOn, reads, writes },
    lists: tables.map((table) => table.name),
    byTask: tables.filter((table) => table.by === 'task').map((table) => table.name),
    rerunMode: runPolicy.rerunMode,
    ...(task.imported && { imported: task.imported }),
  };
}

/**
 * Whether `up` has to come before `down`: it is named in `dependsOn`, is recurring and writes a
 * table that `down` reads, or writes a table whose mark `down` awaits from a task. A task is never
 * upstream of itself.
 */
export function isUpstream(up: LineageTask, down: LineageTask): boolean {
  if (up.id === down.id) return false;
  if (down.dependsOn.includes(up.id)) return true;
  if (up.kind === 'recurring' && overlap(up.writes, [...down.reads, ...down.lists])) return true;
  return overlap(up.writes, down.byTask);
}

function overlap(one: readonly string[], other: readonly string[]): boolean {
  return one.some((name) => other.includes(name));
}
