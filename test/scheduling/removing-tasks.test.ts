/** Removal of tasks that others come after. */
import { backfillRequestSchema } from '../../model/backfill';
import { TablegateError } from '../../model/errors';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const remove = (id: string, detach: boolean, ifVersion: number | null = null) =>
  service.scheduling.tasks.remove(service.caller, id, ifVersion, detach);
const get = (id: string) => service.scheduling.tasks.get(service.caller, id);

/** A task, two that come after it, and one that comes after one of those. */
async function aFamily() {
  const [first, other] = [await service.task({ name: 'First' }), await service.task()];
  const one = await service.task({ name: 'One', dependsOn: [first.id, other.id] });
  const two = await service.task({ name: 'Two', dependsOn: [first.id] });
  const last = await service.task({ dependsOn: [one.id] });
  return { first, other, one, two, last };
}

test('a task that others name in dependsOn is kept, and the refusal names them', async () => {
  const { first, one, two } = await aFamily();
  const { code, message } = await refusalOf(remove(first.id, false));
  expect(code).toBe('taskInUse');
  expect(message).toContain(`"One" (${one.id})`);
  expect(message).toContain(`"Two" (${two.id})`);
  expect((await get(first.id)).name).toBe('First');
  expect((await get(one.id)).dependsOn).toContain(first.id);
});

test('with detach it goes, and they no longer name it', async () => {
  const { first, other, one, two, last } = await aFamily();
  await remove(first.id, true);
  expect(await refusalOf(get(first.id))).toMatchObject({ code: 'taskNotFound' });
  expect((await get(one.id)).dependsOn).toEqual([other.id]);
  expect((await get(two.id)).dependsOn).toEqual([]);
  expect(await get(last.id)).toMatchObject({ dependsOn: [one.id], version: last.version });
});

test('with detach nothing in a backfill waits for it any more, and drivers are told', async () => {
  const { first, one, last } = await aFamily();
  const taskIds = [first.id, one.id, last.id];
  const request = backfillRequestSchema.parse({ taskIds, scheduleTimes: ['2026-03-01T01:00:00Z'] });
  const { id } = await service.scheduling.backfills.create(service.caller, request, null);
  const step = (number: number) =>
    service.store.backfills.advance('default', id, { number, ends: [], reconcile: false });
  expect((await step(1)).taken.map(({ taskId }) => taskId)).toEqual([first.id]);
  await remove(first.id, true);
  expect(service.gateway.told).toEqual([{ id, kill: false }]);
  expect((await step(2)).taken.map(({ taskId }) => taskId)).toEqual([one.id]);
});

test('a task that nobody names goes without more ado', async () => {
  const { last } = await aFamily();
  await remove(last.id, false);
  expect(await refusalOf(get(last.id))).toMatchObject({ code: 'taskNotFound' });
});

test('a removal that comes too late for its version detaches nothing', async () => {
  const { first, one } = await aFamily();
  expect(await refusalOf(remove(first.id, true, 7))).toMatchObject({ code: 'staleVersion' });
  expect((await get(one.id)).dependsOn).toContain(first.id);
});

test('an edit that comes between is not lost, nor does it keep the task from going', async () => {
  const { first, other, one } = await aFamily();
  let edits = 0;
  service.gateway.beforeUpdate = (name, taskId) => {
    if (name !== 'edit' || taskId !== one.id || (edits += 1) > 1) return;
    service.gateway.state(taskId).version += 1;
    service.gateway.state(taskId).definition.description = 'edited meanwhile';
  };
  await remove(first.id, true);
  service.gateway.beforeUpdate = () => undefined;
  expect(edits).toBe(2);
  expect(await get(one.id)).toMatchObject({
    ...{ description: 'edited meanwhile', dependsOn: [other.id] },
  });
});

test.each(['taskNotFound', 'taskRemoved'] as const)(
  'a task that goes away meanwhile (%s) need not be detached',
  async (code) => {
    const { first, one, two } = await aFamily();
    service.gateway.beforeUpdate = (name, taskId) => {
      if (name === 'edit' && taskId === one.id) throw new TablegateError(code, 'It is gone.');
    };
    await remove(first.id, true);
    service.gateway.beforeUpdate = () => undefined;
    expect((await get(two.id)).dependsOn).toEqual([]);
  },
);
