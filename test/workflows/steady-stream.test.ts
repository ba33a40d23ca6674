/** A steady stream of calls through many roll-overs: every call counted once, one run a full round. */
import { TablegateError } from '../../model/errors';
import { TriggerQueue } from '../../scheduling/trigger-queue';
import { one, two } from '../support/workflows/definition';
import { eventTypes } from '../support/workflows/history';
import { aTrigger, House, tenant, type OpenedTask } from '../support/workflows/house';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

const callers = 6;
const fewestRollOvers = 3;
/** Some times the limit of `small-roll-over-limits.ts`: calls that come at that moment put it off. */
const mostEvents = 1_000;

/** Follows a task's chain of histories. */
class Chain {
  readonly runIds: string[] = [];
  private following = true;
  private ended: Promise<void> = Promise.resolve();
  private stop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((resolve) => (this.stop = resolve));

  follow(task: OpenedTask): void {
    this.ended = (async () => {
      while (this.following) {
        const { runId, rolledOver } = await house.presentRun(task);
        this.runIds.push(runId);
        await Promise.race([rolledOver, this.stopped]);
      }
    })();
    this.ended.catch(() => undefined);
  }

  async end(): Promise<void> {
    this.following = false;
    this.stop();
    await this.ended;
  }
}

/** Calls both tables, one call after another per caller, until the task has rolled over often. */
async function stream(task: OpenedTask) {
  const queue = new TriggerQueue(house.gateway);
  const chain = new Chain();
  chain.follow(task);
  const taken = new Set<string>();
  /** Told to call again, as a roll-over took too long on a busy machine: stored or not. */
  const unsure = new Set<string>();
  async function callOn(table: string): Promise<void> {
    while (chain.runIds.length <= fewestRollOvers) {
      const trigger = aTrigger(table);
      try {
        await queue.send(tenant, task.taskId, trigger);
        taken.add(trigger.receipt);
      } catch (error) {
        if (!(error instanceof TablegateError && error.code === 'temporalUnavailable')) throw error;
        unsure.add(trigger.receipt);
      }
    }
  }
  await Promise.all(
    Array.from({ length: callers }, (_, caller) => callOn(caller % 2 === 0 ? one : two)),
  );
  await chain.end();
  return { taken, unsure, runIds: chain.runIds };
}

/** What the store holds of one task, as it stands when asked. */
function stored({ taskId }: OpenedTask) {
  const { world } = house;
  const lines = () => [...world.ledger.values()].filter((line) => line.taskId === taskId);
  const runs = () => [...world.runs.values()].filter((run) => run.taskId === taskId);
  const marksOf = (table: string) =>
    lines().filter((line) => line.table === table && /counted|started/.test(line.outcome)).length;
  return { lines, runs, marksOf, fullRounds: () => Math.min(marksOf(one), marksOf(two)) };
}

it.each(['ignore', 'latch'] as const)(
  'counts every call, and runs once a full round (whileRunning: %s)',
  async (mode) => {
    const { world } = house;
    world.job = async () => nothingDone;
    const task = await house.openTask({ whileRunning: mode });
    const { taken, unsure, runIds } = await stream(task);
    const { lines, runs, marksOf, fullRounds } = stored(task);
    await world.until(() => [...taken].every((receipt) => world.ledger.has(receipt)));
    await world.until(
      () => runs().length === fullRounds() && runs().every((run) => run.finishedAt !== null),
    );

    expect(world.conflicts).toEqual([]);
    const unknown = lines().filter(({ receipt }) => !taken.has(receipt) && !unsure.has(receipt));
    expect(unknown).toEqual([]);
    expect(fullRounds()).toBeGreaterThan(1);
    expect(Math.abs(marksOf(one) - marksOf(two))).toBeLessThanOrEqual(1);
    expect(runs().every((run) => run.status === 'succeeded')).toBe(true);
    const tried = world.tries.filter((job) => job.taskId === task.taskId);
    expect(new Set(tried.map((job) => job.runId)).size).toBe(fullRounds());
    const inOrder = runs().toSorted((a, b) => (a.queuedAt < b.queuedAt ? -1 : 1));
    for (const [index, run] of inOrder.slice(1).entries()) {
      expect(run.queuedAt >= inOrder[index]!.finishedAt!).toBe(true);
    }
    const events = await Promise.all(runIds.map((runId) => eventsBesideCalls(task, runId)));
    expect(events.length).toBeGreaterThan(fewestRollOvers);
    expect(Math.max(...events)).toBeLessThan(mostEvents);
  },
);

/** Events of a history but for the calls: a worker that is slow finds more and more of them. */
async function eventsBesideCalls(task: OpenedTask, runId: string): Promise<number> {
  const types = await eventTypes(house.client.workflow.getHandle(task.handle.workflowId, runId));
  return types.filter((type) => type !== 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED').length;
}
