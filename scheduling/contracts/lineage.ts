/** What feeds what. */
import type { Caller } from '../../model/people';
import type { TaskKind } from '../../model/task';

/** What comes after what: data flow from `from` to `to`. */
export interface LineageEdge {
  /** Id of a task, or name of a table. */
  from: string;
  to: string;
  /** `lists`: the task waits for the table and does not read it. */
  kind: 'dependsOn' | 'reads' | 'lists' | 'writes';
}

export interface LineageGraph {
  nodes: { tasks: { id: string; name: string; kind: TaskKind }[]; tables: string[] };
  edges: LineageEdge[];
  /** How many there are, also of what was left out. */
  total: { tasks: number; tables: number; edges: number };
  /** True: edges were left out, and what only they touch. */
  truncated: boolean;
}

export interface LineageService {
  /**
   * Live tasks with the tables that they touch: all, or those before and after one task or table.
   * @param about.limit most edges
   * @throws TablegateError taskNotFound, tableNotFound
   */
  graph(
    caller: Caller,
    about: { taskId: string | null; table: string | null; limit: number },
  ): Promise<LineageGraph>;
}
