/** The graph of what comes after what, for people. */
import type { LineageTask } from '../model/lineage';
import type { Caller } from '../model/people';
import type { SchedulingDeps } from './deps';
import { requireTable } from './known-tables';
import type { LineageEdge, LineageGraph, LineageService } from './scheduling';
import { taskNotFound } from './task-refusals';

type WholeGraph = Pick<LineageGraph, 'nodes' | 'edges'>;

export class Lineage implements LineageService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store'>) {}

  async graph(
    { tenant }: Caller,
    { taskId, table, limit }: { taskId: string | null; table: string | null; limit: number },
  ): Promise<LineageGraph> {
    const { store } = this.deps;
    if (table !== null) await requireTable(store, tenant, table);
    const tasks = await store.tasks.lineage(tenant);
    const ids = new Set(tasks.map(({ id }) => id));
    if (taskId !== null && !ids.has(taskId)) throw taskNotFound(taskId);
    const edges = tasks.flatMap((task) => edgesOf(task, ids));
    const asked = [taskId, table].filter((name) => name !== null);
    return within(limit, asked.length === 0 ? graphOf(tasks, edges) : partOf(asked, tasks, edges));
  }
}

function edgesOf(task: LineageTask, ids: ReadonlySet<string>): LineageEdge[] {
  const { id, dependsOn, reads, lists, writes } = task;
  const into = (kind: LineageEdge['kind'], from: readonly string[]): LineageEdge[] =>
    [...new Set(from)].map((name) => ({ from: name, to: id, kind }));
  const onlyListed = lists.filter((name) => !reads.includes(name));
  return [
    ...into(
      'dependsOn',
      dependsOn.filter((up) => ids.has(up)),
    ),
    ...into('reads', reads),
    ...into('lists', onlyListed),
    ...[...new Set(writes)].map((name) => ({ from: id, to: name, kind: 'writes' as const })),
  ];
}

/** What lies before and after some nodes, each way to the end. */
function partOf(
  asked: readonly string[],
  tasks: readonly LineageTask[],
  edges: readonly LineageEdge[],
): WholeGraph {
  const after = reach(asked, grouped(edges, 'from', 'to'));
  const before = reach(asked, grouped(edges, 'to', 'from'));
  const holds = (nodes: ReadonlySet<string>, { from, to }: LineageEdge): boolean =>
    nodes.has(from) && nodes.has(to);
  const part = edges.filter((edge) => holds(after, edge) || holds(before, edge));
  return graphOf(
    tasks.filter(({ id }) => after.has(id) || before.has(id)),
    part,
    asked.filter((name) => !tasks.some(({ id }) => id === name)),
  );
}

function grouped(
  edges: readonly LineageEdge[],
  by: 'from' | 'to',
  other: 'from' | 'to',
): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const edge of edges) {
    const group = groups.get(edge[by]);
    if (group) group.push(edge[other]);
    else groups.set(edge[by], [edge[other]]);
  }
  return groups;
}

function reach(from: readonly string[], links: ReadonlyMap<string, string[]>): Set<string> {
  const found = new Set(from);
  // A set hands out what is added while it is being walked.
  for (const name of found) for (const next of links.get(name) ?? []) found.add(next);
  return found;
}

function graphOf(
  tasks: readonly LineageTask[],
  edges: readonly LineageEdge[],
  alone: readonly string[] = [],
): WholeGraph {
  const ids = new Set(tasks.map(({ id }) => id));
  const named = [...alone, ...edges.flatMap(({ from, to }) => [from, to])];
  return {
    nodes: {
      tasks: tasks.map(({ id, name, kind }) => ({ id, name, kind })),
      tables: [...new Set(named.filter((name) => !ids.has(name)))].sort(),
    },
    edges: [...edges],
  };
}

/** Leaves out the edges beyond the limit, and then what no edge is left of. */
function within(limit: number, { nodes, edges }: WholeGraph): LineageGraph {
  const { tasks, tables } = nodes;
  const total = { tasks: tasks.length, tables: tables.length, edges: edges.length };
  if (edges.length <= limit) return { nodes, edges, total, truncated: false };
  const some = edges.slice(0, limit);
  const ends = new Set(some.flatMap(({ from, to }) => [from, to]));
  const left = {
    tasks: tasks.filter(({ id }) => ends.has(id)),
    tables: tables.filter((name) => ends.has(name)),
  };
  return { nodes: left, edges: some, total, truncated: true };
}
