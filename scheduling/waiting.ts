import type { CountedPage } from '../model/page';
import type { Caller } from '../model/people';
import type { TaskView } from '../model/task';
import { usualArrival, type Arrival } from '../model/usual-arrival';
import {
  shownGates,
  shownTables,
  waitingGates,
  type WaitingGate,
  type WaitingTask,
} from '../model/waiting';
import type { WaitingQuery } from '../store/store';
import type { SchedulingDeps } from './deps';
import type { PageRequest, WaitingService } from './scheduling';

/** Former marks of a table in a task. */
type ArrivalsOf = (taskId: string, table: string) => readonly Arrival[];

export class Waiting implements WaitingService {
  constructor(private readonly deps: Pick<SchedulingDeps, 'store'>) {}

  async board(
    { tenant }: Caller,
    query: WaitingQuery,
    page: PageRequest,
  ): Promise<CountedPage<WaitingTask>> {
    const { items, ...rest } = await this.deps.store.tasks.waiting(tenant, query, page);
    const waiting = items.map((task) => ({ task, gates: waitingGates(task) }));
    const arrivalsOf = await this.arrivals(tenant, waiting);
    const now = Date.now();
    const shown = waiting.map(({ task, gates }) => shownTask(task, gates, arrivalsOf, now));
    return { ...rest, items: shown };
  }

  private async arrivals(
    tenant: string,
    waiting: { task: TaskView; gates: WaitingGate[] }[],
  ): Promise<ArrivalsOf> {
    const wanted = new Map<string, { taskId: string; table: string }>();
    for (const { task, gates } of waiting) {
      for (const { missing } of gates.slice(0, shownGates)) {
        for (const table of missing.slice(0, shownTables)) {
          wanted.set(keyOf(task.id, table), { taskId: task.id, table });
        }
      }
    }
    const found = await this.deps.store.ledger.arrivals(tenant, [...wanted.values()]);
    const byKey = new Map([...wanted.keys()].map((key, index) => [key, found[index]!]));
    return (taskId, table) => byKey.get(keyOf(taskId, table)) ?? [];
  }
}

function keyOf(taskId: string, table: string): string {
  return `${taskId} ${table}`;
}

function shownTask(
  task: TaskView,
  gates: readonly WaitingGate[],
  arrivalsOf: ArrivalsOf,
  now: number,
): WaitingTask {
  const { id: taskId, name, kind, timezone, paused } = task;
  return {
    ...{ taskId, name, kind, timezone, paused },
    since: gates[0]!.since,
    gateCount: gates.length,
    gates: gates.slice(0, shownGates).map((gate) => {
      const missing = gate.missing.slice(0, shownTables);
      return {
        ...gate,
        isLate: isLate(gate, now),
        arrivedCount: gate.arrived.length,
        missingCount: gate.missing.length,
        arrived: gate.arrived.slice(0, shownTables),
        missing: missing.map((table) => {
          const usual = usualArrival(arrivalsOf(taskId, table), { ...gate, timezone }, now);
          return { table, ...usual };
        }),
      };
    }),
  };
}

/** What is full has come in time, or is late no longer. */
function isLate({ status, deadline }: WaitingGate, now: number): boolean {
  return status !== 'full' && deadline !== null && Date.parse(deadline) < now;
}
