import { Client } from 'pg';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, outputTable, sampleTask } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const reserve = (taskId: string, tables: string[], tenant = 'default') =>
  opened.store.tasks.reserveOutputs(tenant, taskId, tables.map(outputTable));
const table = () => `analysis.main.${newId()}`;

async function storedTask(name: string): Promise<string> {
  const task = sampleTask({ name });
  await opened.store.tasks.project(batchOf({ task }));
  return task.id;
}

/** As if the reservations of tasks that were never stored had been made that long ago. */
async function ageReservations(age: string): Promise<void> {
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(`update tablegate.outputs set reserved_at = now() - $1::interval`, [age]);
  await client.end();
}

describe('an output table', () => {
  test('is had by one of many tasks that ask for it at once', async () => {
    const wanted = [table(), table(), table()];
    const ids = Array.from({ length: 30 }, newId);
    const answers = await Promise.all(
      // Each in another order: none may wait for another that waits for it.
      ids.map((id, nr) => reserve(id, nr % 2 === 0 ? wanted : wanted.toReversed())),
    );
    const winners = ids.filter((_, nr) => answers[nr] === null);
    expect(winners).toHaveLength(1);
    const losers = answers.filter((answer) => answer !== null);
    expect(new Set(losers.map((answer) => answer.taskId))).toEqual(new Set(winners));
  });

  test('of two tasks that swap theirs stays with one of them, or both keep their own', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, other, left, right] = [newId(), newId(), table(), table()];
      await reserve(one, [left]);
      await reserve(other, [right]);
      const answers = await Promise.all([reserve(one, [right]), reserve(other, [left])]);
      expect(answers.filter((answer) => answer === null).length).toBeLessThan(2);
      expect(answers.some((answer) => answer !== null)).toBe(true);
    }
  });

  test('that another task has is told, the first of those asked for, with that task', async () => {
    const owner = await storedTask('Owner');
    const [free, first, second] = [table(), table(), table()];
    await reserve(owner, [second, first]);
    const taskId = newId();
    expect(await reserve(taskId, [free, first, second])).toEqual({
      table: first,
      taskId: owner,
      taskName: 'Owner',
    });
    expect(await reserve(newId(), [free])).toBeNull();
  });

  test('stays reserved where a change of reservations is refused', async () => {
    const [owner, taskId, taken, own] = [await storedTask('Owner'), newId(), table(), table()];
    await reserve(owner, [taken]);
    await reserve(taskId, [own]);
    expect(await reserve(taskId, [taken])).toMatchObject({ taskId: owner });
    expect(await reserve(newId(), [own])).toMatchObject({ taskId, taskName: null });
  });

  test('is free again when its task reserves others, or none', async () => {
    const [taskId, former, latter] = [newId(), table(), table()];
    await reserve(taskId, [former, former]);
    await reserve(taskId, [latter]);
    expect(await reserve(newId(), [former])).toBeNull();
    await reserve(taskId, []);
    expect(await reserve(newId(), [latter])).toBeNull();
  });

  test('is of one tenant: another may have one of the same name', async () => {
    const wanted = table();
    expect(await reserve(newId(), [wanted], 'one')).toBeNull();
    expect(await reserve(newId(), [wanted], 'other')).toBeNull();
  });

  test('whose task was never stored is free again after a while, and the new owner keeps it', async () => {
    const wanted = table();
    await reserve(newId(), [wanted]);
    expect(await reserve(newId(), [wanted])).not.toBeNull();
    await ageReservations('3 minutes');
    const owner = await storedTask('Late');
    expect(await reserve(owner, [wanted])).toBeNull();
    await ageReservations('3 minutes');
    expect(await reserve(newId(), [wanted])).toEqual({
      table: wanted,
      taskId: owner,
      taskName: 'Late',
    });
  });
});
