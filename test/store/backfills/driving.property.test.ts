import * as fc from 'fast-check';
import type { CellEnd, PlannedCell } from '../../../model/backfill';
import type { BackfillStep } from '../../../store';
import { atOnce } from '../../../store/backfills/statement';
import { BackfillModel, type ModelPlan, type ModelStep } from '../support/backfill-model';
import { newId, openTestStore, type OpenedStore } from '../support/opened';
import { cell, drive, nameOf, newBackfill, saveTasks, type Driven } from '../support/plans';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());
afterEach(() => jest.restoreAllMocks());

type Ends = { taskId: string; cells: CellEnd[] }[];

const tasks = ['a', 'b', 'c', 'd'];
const hours = [1, 2, 3];
/** Slots of those that are stored. */
const parallel = { a: 1, b: 2 };
const instances = hours.flatMap((nr) => tasks.map((taskId) => ({ taskId, nr })));

/** What comes later in the list of all instances may need what comes before it. */
const plans = fc.array(
  fc.record({
    chosen: fc.array(fc.nat({ max: 4 }), {
      minLength: instances.length,
      maxLength: instances.length,
    }),
    needs: fc.array(fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 })), { maxLength: 14 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
    existing: fc.constantFrom('rerun' as const, 'failed' as const, 'skip' as const),
  }),
  { minLength: 1, maxLength: 3 },
);

const outcomes = ['succeeded', 'failed', 'timedOut', 'cancelled', 'skipped', 'dropped'] as const;
const acts = fc.array(
  fc.record({
    kind: fc.constantFrom(
      ...(['step', 'step', 'step', 'again', 'end', 'end', 'end', 'end', 'withdraw'] as const),
      ...(['pause', 'resume', 'cancel', 'retry', 'drop', 'detach'] as const),
    ),
    which: fc.nat({ max: 11 }),
    much: fc.nat({ max: 5 }),
    outcome: fc.constantFrom('succeeded' as const, 'succeeded' as const, ...outcomes),
  }),
  { maxLength: 35 },
);

function planOf(drawn: {
  chosen: number[];
  needs: [number, number][];
  concurrency: number;
  existing: ModelPlan['existing'];
}): ModelPlan {
  const within = instances.map((_, nr) => nr).filter((nr) => drawn.chosen[nr]! > 0);
  const cells = within.map((nr): PlannedCell => {
    const needs = drawn.needs
      .filter(([one, other]) => Math.max(one, other) === nr && one !== other)
      .map(([one, other]) => within.indexOf(Math.min(one, other)))
      .filter((need) => need >= 0);
    const { taskId, nr: at } = instances[nr]!;
    return cell(taskId, at, needs, { action: drawn.chosen[nr] === 1 ? 'skip' : 'create' });
  });
  return { id: newId(), cells, concurrency: drawn.concurrency, existing: drawn.existing };
}

interface Live {
  taskId: string;
  scheduleTime: string;
  backfills: string[];
}

/** The store and the model side by side, with the tasks and the messages between them. */
class World {
  readonly #model: BackfillModel;
  readonly #drivers: Driven[];
  readonly #mail = new Map<string, Ends>();
  readonly #lastEnds = new Map<string, Ends>();
  #steps = new Map<string, number>();
  #live: Live[] = [];

  private constructor(model: BackfillModel, drivers: Driven[]) {
    this.#model = model;
    this.#drivers = drivers;
  }

  static async open(drawn: ModelPlan[]): Promise<World> {
    const tenant = `driving-${newId()}`;
    const drivers: Driven[] = [];
    for (const { cells, ...plan } of drawn) {
      drivers.push(await drive(opened.store, newBackfill(cells, { ...plan, tenant })));
    }
    await saveTasks(opened.store, tenant, parallel);
    return new World(new BackfillModel(drawn, parallel), drivers);
  }

  async act(act: {
    kind: string;
    which: number;
    much: number;
    outcome: (typeof outcomes)[number];
  }): Promise<void> {
    const driver = this.#drivers[act.which % this.#drivers.length]!;
    const { tenant, id } = driver;
    const { backfills } = opened.store;
    if (act.kind === 'step') await this.#step(driver, this.#read(id, act.much));
    if (act.kind === 'again') await this.#again(driver);
    if (act.kind === 'end') this.#end(act.which, act.outcome, act.much === 0 ? 2 : 1);
    if (act.kind === 'withdraw') this.#withdraw(act.which, act.much);
    if (act.kind === 'pause') await this.#become(driver, 'running', 'paused');
    if (act.kind === 'resume') await this.#become(driver, 'paused', 'running');
    if (act.kind === 'cancel') await this.#become(driver, 'running', 'cancelling');
    if (act.kind === 'retry') {
      expect(await backfills.retry(tenant, id)).toBe(this.#model.retry(id));
    }
    if (act.kind === 'drop' && act.much < 2) {
      const taskId = tasks[act.which % tasks.length]!;
      await backfills.dropTask(tenant, id, taskId);
      this.#model.drop(id, taskId);
    }
    if (act.kind === 'detach' && act.much < 3) {
      const taskId = tasks[act.which % tasks.length]!;
      await backfills.detachTask(tenant, taskId);
      this.#model.detach(taskId);
    }
    await this.expectSame();
  }

  /** Lets all that runs succeed, until every backfill has come to its end. */
  async finish(): Promise<void> {
    for (const driver of this.#drivers) await this.#become(driver, 'paused', 'running');
    for (let round = 0; round < 40; round += 1) {
      while (this.#live.length > 0) this.#end(0, 'succeeded', 1);
      for (const driver of this.#drivers) {
        await this.#step(driver, this.#read(driver.id, Infinity));
      }
      await this.expectSame();
      if (this.#drivers.every(({ id }) => this.#model.finished(id))) return;
    }
    throw new Error('a backfill does not come to its end');
  }

  async expectSame(): Promise<void> {
    for (const driver of this.#drivers) {
      const { id, cells } = this.#model.plans.find((plan) => plan.id === driver.id)!;
      const states = this.#model.shown(id).map((state, seq) => [nameOf(cells[seq]!), state]);
      expect(await driver.states()).toEqual(Object.fromEntries(states));
      expect(await driver.status()).toBe(this.#model.status(id));
    }
  }

  async #become(
    { tenant, id }: Driven,
    from: 'running' | 'paused',
    to: 'running' | 'paused' | 'cancelling',
  ): Promise<void> {
    const changed = await opened.store.backfills.changeStatus(tenant, id, [from], to);
    expect(changed !== null).toBe(this.#model.changeStatus(id, [from], to));
  }

  #read(id: string, much: number): Ends {
    return (this.#mail.get(id) ?? []).splice(0, much);
  }

  async #step(driver: Driven, ends: Ends): Promise<void> {
    this.#steps.set(driver.id, (this.#steps.get(driver.id) ?? 0) + 1);
    this.#lastEnds.set(driver.id, ends);
    this.#expectStep(driver.id, ends, await driver.step(...ends));
  }

  async #again(driver: Driven): Promise<void> {
    if (!this.#steps.has(driver.id)) return;
    const ends = this.#lastEnds.get(driver.id)!;
    this.#expectStep(driver.id, ends, await driver.again(...ends));
  }

  #expectStep(id: string, ends: Ends, { taken, ...step }: BackfillStep): void {
    const requests = taken.flatMap(({ taskId, cells }) => cells.map((one) => ({ taskId, ...one })));
    const expected: ModelStep = this.#model.advance(id, this.#steps.get(id)!, ends);
    expect({
      ...step,
      taken: Object.fromEntries(
        requests.map((one) => [nameOf(one), { backfills: one.backfills, existing: one.existing }]),
      ),
    }).toEqual(expected);
    this.#live.push(...requests);
  }

  #end(which: number, status: CellEnd['status'], times: number): void {
    const [live] = this.#live.splice(which % this.#live.length || 0, 1);
    if (!live) return;
    const { taskId, scheduleTime, backfills } = live;
    const end = { scheduleTime, status, runId: newId(), reason: null };
    for (const id of backfills) {
      for (let time = 0; time < times; time += 1) this.#post(id, { taskId, cells: [end] });
    }
  }

  /** Taken back for one of the backfills that wait for it. */
  #withdraw(which: number, who: number): void {
    const live = this.#live[which % this.#live.length];
    if (!live) return;
    const [id] = live.backfills.splice(who % live.backfills.length, 1);
    if (live.backfills.length === 0) this.#live.splice(this.#live.indexOf(live), 1);
    const { taskId, scheduleTime } = live;
    const end = { scheduleTime, status: 'withdrawn' as const, runId: null, reason: null };
    this.#post(id!, { taskId, cells: [end] });
  }

  #post(id: string, ends: Ends[number]): void {
    this.#mail.set(id, [...(this.#mail.get(id) ?? []), ends]);
  }
}

// As they are, and a few cells at a time, as it is with large ones.
test.each([
  [atOnce.rows, atOnce.untold],
  [2, 2],
])(
  'backfills go as a model of them that looks at all that happened, and end (%i rows at once)',
  async (rows, untold) => {
    jest.replaceProperty(atOnce, 'rows', rows);
    jest.replaceProperty(atOnce, 'untold', untold);
    await fc.assert(
      fc.asyncProperty(plans, acts, async (drawn, acting) => {
        const world = await World.open(drawn.map(planOf));
        for (const act of acting) await world.act(act);
        await world.finish();
      }),
      { numRuns: 40 },
    );
  },
);
