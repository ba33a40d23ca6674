/** The graph of all tasks: what comes right after what, in which order, and where it goes round. */
import { isUpstream, type LineageTask } from './lineage';

/** For each task, by id, the tasks right after it; see `isUpstream`. */
export type TaskLinks = ReadonlyMap<string, readonly LineageTask[]>;

/** Links tasks by their tables and `dependsOn`, without comparing each with each. */
export function linkTasks(tasks: readonly LineageTask[]): TaskLinks {
  const dependents = groupBy(tasks, (task) => task.dependsOn);
  const users = groupBy(tasks, (task) => [...task.reads, ...task.lists]);
  return new Map(
    tasks.map((up) => {
      const candidates = [up.id, ...up.writes].flatMap(
        (name, index) => (index === 0 ? dependents : users).get(name) ?? [],
      );
      return [up.id, [...new Set(candidates)].filter((down) => isUpstream(up, down))];
    }),
  );
}

function groupBy(
  tasks: readonly LineageTask[],
  namesOf: (task: LineageTask) => string[],
): Map<string, LineageTask[]> {
  const groups = new Map<string, LineageTask[]>();
  for (const task of tasks) {
    for (const name of namesOf(task)) {
      const group = groups.get(name);
      if (group) group.push(task);
      else groups.set(name, [task]);
    }
  }
  return groups;
}

/**
 * Ids of the tasks in an order in which each comes after its upstream tasks. Where the graph goes
 * round, one link of each round leads back.
 */
export function upstreamFirst(tasks: readonly LineageTask[], links: TaskLinks): string[] {
  const seen = new Set<string>();
  const lastFirst: string[] = [];
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const down of links.get(id) ?? []) visit(down.id);
    lastFirst.push(id);
  };
  for (const task of tasks) visit(task.id);
  return lastFirst.reverse();
}

/**
 * Finds tasks that come after one another in a round. A task that reads what it writes is none.
 * @param through only rounds that this task is part of
 * @returns the shortest round of the first task that has one, from that task on; null: there is none
 */
export function findCycle(tasks: readonly LineageTask[], through?: string): LineageTask[] | null {
  const links = linkTasks(tasks);
  const starts = through === undefined ? tasks : tasks.filter((task) => task.id === through);
  for (const start of starts) {
    const round = roundFrom(start, links);
    if (round) return round;
  }
  return null;
}

/** Looks for the way back to `start`, in breadth first. */
function roundFrom(start: LineageTask, links: TaskLinks): LineageTask[] | null {
  const cameFrom = new Map<LineageTask, LineageTask | null>([[start, null]]);
  for (const task of cameFrom.keys()) {
    for (const down of links.get(task.id) ?? []) {
      if (down === start) return wayTo(task, cameFrom);
      if (!cameFrom.has(down)) cameFrom.set(down, task);
    }
  }
  return null;
}

function wayTo(
  end: LineageTask,
  cameFrom: ReadonlyMap<LineageTask, LineageTask | null>,
): LineageTask[] {
  const way: LineageTask[] = [];
  for (let task: LineageTask | null = end; task !== null; task = cameFrom.get(task) ?? null) {
    way.unshift(task);
  }
  return way;
}
