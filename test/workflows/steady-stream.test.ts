/** A steady stream of calls through many roll-overs: every call counted once, one run a full round. */
import { TriggerQueue } from '../../scheduling/trigger-queue';
import { one, two } from '../support/workflows/definition';
import { aTrigger, House, tenant, type OpenedTask } from '../support/workflows/house';
import { nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open({ smallLimits: true });
});
afterAll(() => house.close());

const callers = 6;
const fewestRollOvers = 8;
/** Past this the histories are not bounded: the limits are 400 events, and a roll-over may be refused. */
const mostEvents = 1_500;

/** Follows a task's chain of histories. */
class Chain {
  readonly runIds: string[] = [];
  private following = true;
  private ended: Promise<void> = Promise.resolve();

  follow(task: OpenedTask): void {
    this.ended = (async () => {
      while (this.following) {
        const { runId, rolledOver } = await house.presentRun(task);
        this.runIds.push(runId);
        await Promise.race([rolledOver, this.stopped]);
      }
    })();
  }

  private stop: () => void = () => undefined;
  private readonly stopped = new Promise<void>((resolve) => (this.stop = resolve));

  async end(): Promise<void> {
    this.following = false;
    this.stop();
    await this.ended;
  }
}

it.each(['ignore', 'latch'] as const)('counts every call (whileRunning: %s)', async (mode) => {
  const { world, gateway } = house;
  let active = 0;
  let mostAtOnce = 0;
  world.job = async () => {
    active += 1;
    mostAtOnce = Math.max(mostAtOnce, active);
    await Promise.resolve();
    active -= 1;
    return nothingDone;
  };
  const task = await house.openTask({ whileRunning: mode });
  const queue = new TriggerQueue(gateway);
  const chain = new Chain();
  chain.follow(task);
  const taken: string[] = [];
  async function callOn(table: string): Promise<void> {
    while (chain.runIds.length <= fewestRollOvers) {
      const trigger = aTrigger(table);
      await queue.send(tenant, task.taskId, trigger);
      taken.push(trigger.receipt);
    }
  }
  await Promise.all(
    Array.from({ length: callers }, (_, caller) => callOn(caller % 2 === 0 ? one : two)),
  );
  await chain.end();

  const lines = await Promise.all(
    taken.map((receipt) => world.until(() => world.ledger.get(receipt))),
  );
  const marks = lines.filter(({ outcome }) => outcome === 'counted' || outcome === 'started');
  const marksOf = (table: string) => marks.filter((line) => line.table === table).length;
  const rounds = Math.min(marksOf(one), marksOf(two));
  const runs = () => [...world.runs.values()].filter((run) => run.taskId === task.taskId);
  await world.until(() => runs().length >= rounds && runs().every((run) => run.finishedAt));

  const events = await Promise.all(chain.runIds.map((runId) => historyLength(task, runId)));
  expect(world.conflicts).toEqual([]);
  expect(new Set(taken).size).toBe(taken.length);
  expect(runs()).toHaveLength(rounds);
  expect(Math.abs(marksOf(one) - marksOf(two))).toBeLessThanOrEqual(1);
  expect(runs().every((run) => run.status === 'succeeded')).toBe(true);
  expect(world.tries.filter((job) => job.taskId === task.taskId)).toHaveLength(rounds);
  expect(mostAtOnce).toBe(1);
  expect(chain.runIds.length).toBeGreaterThan(fewestRollOvers);
  expect(Math.max(...events)).toBeLessThan(mostEvents);
});

async function historyLength(task: OpenedTask, runId: string): Promise<number> {
  const handle = house.client.workflow.getHandle(task.handle.workflowId, runId);
  return (await handle.describe()).historyLength;
}
