/** Many tasks changed in one call, over a real store: what each entry brings about, and for whom. */
import { TablegateError } from '../../model/errors';
import type { TaskChange } from '../../model/task-change';
import type { TaskProjection } from '../../model/task';
import type { BatchEntry, BatchResult, TaskRead } from '../../scheduling/scheduling';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());
beforeEach(() => {
  service.gateway.beforeUpdate = () => undefined;
});

const recurring = { kind: 'recurring', recurrence: { cron: '0 30 2 * * ?' } };

const change = (fields: TaskChange['fields'], trigger: TaskChange['trigger'] = {}): TaskChange => ({
  ...{ fields, trigger },
});
const entry = (
  task: { number: string },
  what: TaskChange,
  environment: BatchEntry['environment'] = null,
): BatchEntry => ({ number: task.number, environment, change: what });

const update = (entries: BatchEntry[], comment: string | null = null): Promise<BatchResult[]> =>
  service.scheduling.taskBatches.update({ ...service.caller, via: 'DataWorks' }, entries, comment);
const errorsOf = (results: BatchResult[]) => results.map(({ error }) => error?.message ?? null);
const read = (task: { id: string }) => service.scheduling.tasks.get(service.caller, task.id);
const audited = async (task: { id: string }) => {
  const page = { pageSize: 10, pageToken: null };
  const filter = { target: `task/${task.id}` };
  const { items } = await service.store.audit.list('default', filter, page);
  return items.filter(({ action }) => action === 'task.edit').map(({ detail }) => detail);
};

/** Gives a task the number of another, in the other environment. */
async function twinOf(prod: TaskRead): Promise<TaskRead> {
  const dev = await service.task({ ...recurring, environment: 'Dev' });
  const state = service.gateway.state(dev.id);
  state.number = prod.number;
  const task = { ...dev, number: prod.number, tenant: 'default', revision: 2, removedAt: null };
  await service.store.tasks.projectAll([
    { task: task as TaskProjection, lineage: { reads: [], writes: [] } },
  ]);
  return { ...dev, number: prod.number };
}

test('DW-01, DW-02, DW-39, DW-40: each is changed for itself, and an unknown one is told', async () => {
  const [one, two] = [await service.task(recurring), await service.task()];
  const nobody = { number: '9223372036854775807' };
  const results = await update([
    entry(one, change({ name: 'Renamed' })),
    entry(nobody, change({ name: 'Nobody' })),
    entry(two, change({ owner: '1000', tags: [{ key: 'a' }] })),
  ]);
  expect(errorsOf(results)).toEqual([null, 'The task does not exist.', null]);
  expect(await read(one)).toEqual({
    ...one,
    name: 'Renamed',
    version: 2,
    updatedAt: expect.any(String),
  });
  expect(await read(two)).toMatchObject({ owner: '1000', tags: [{ key: 'a' }] });
  const stored = await service.store.tasks.byNumbers('default', [one.number, two.number]);
  expect(stored.map(({ name }) => name).toSorted()).toEqual(['Renamed', two.name].toSorted());
});

test('DW-36, DW-40: of 200 entries with every tenth unknown the others are done, each with its result', async () => {
  const made: TaskRead[] = [];
  for (let left = 45; left > 0; left -= 1) made.push(await service.task());
  const entries = Array.from({ length: 200 }, (_, index) =>
    index % 10 === 9
      ? entry({ number: String(900_000 + index) }, change({ name: 'nobody' }))
      : entry(made[index % made.length]!, change({ description: `change ${index}` })),
  );
  const errors = errorsOf(await update(entries));
  errors.forEach((error, index) => {
    expect(error).toBe(index % 10 === 9 ? 'The task does not exist.' : null);
  });
  const numbers = made.map(({ number }) => number);
  const stored = await service.store.tasks.byNumbers('default', numbers);
  for (const { id, description } of stored) {
    expect([id, description]).toEqual([id, (await read({ id })).description]);
    expect(description).toMatch(/^change 1\d\d$/);
  }
});

test('DW-40: an Update that no worker answers is sent once more; then what is left is not tried', async () => {
  const made: TaskRead[] = [];
  for (let left = 40; left > 0; left -= 1) made.push(await service.task());
  const entries = made.map((task) => entry(task, change({ name: 'N' })));
  let sent = 0;
  const late = (times: number) => {
    service.gateway.beforeUpdate = () => {
      sent += 1;
      if (sent > times) return;
      throw new TablegateError('workerUnavailable', 'No worker answered in time.');
    };
  };
  late(1);
  expect(new Set(errorsOf(await update(entries)))).toEqual(new Set([null]));
  sent = 0;
  late(1_000);
  expect(new Set(errorsOf(await update(entries)))).toEqual(
    new Set(['No worker answered in time.']),
  );
  // Those that were on their way at the same time, twice each.
  expect(sent).toBe(64);
});

test('DW-07: of twins the one of the environment changes, that of production where none is named', async () => {
  const prod = await service.task(recurring);
  const dev = await twinOf(prod);
  expect(errorsOf(await update([entry(prod, change({ name: 'for Dev' }), 'Dev')]))).toEqual([null]);
  expect(errorsOf(await update([entry(prod, change({ name: 'for Prod' }))]))).toEqual([null]);
  expect([(await read(prod)).name, (await read(dev)).name]).toEqual(['for Prod', 'for Dev']);
  const alone = await service.task();
  expect(errorsOf(await update([entry(alone, change({ name: 'N' }), 'Dev')]))).toEqual([
    'The task does not exist.',
  ]);
});

test('DW-17, DW-23, DW-40: changes of one task come in their order; one that fails undoes no other', async () => {
  const task = await service.task(recurring);
  const results = await update([
    entry(task, change({}, { endTime: '2030-01-01 00:00:00' })),
    entry(task, change({ name: 'first' })),
    entry(task, change({}, { cron: '0 30 25 * * ?' })),
    entry(task, change({ name: 'last' }, { cron: '0 0 0 * * ?' })),
  ]);
  expect(errorsOf(results)).toEqual([null, null, expect.stringContaining('hour'), null]);
  expect(await read(task)).toMatchObject({
    name: 'last',
    recurrence: { cron: '0 0 0 * * ?', endTime: '2030-01-01T00:00:00.000Z' },
  });
});

test('DW-17: a change of the time that another edit comes between is made again on what that left', async () => {
  const task = await service.task(recurring);
  let isFirst = true;
  service.gateway.beforeUpdate = (name, taskId) => {
    if (name !== 'edit' || !isFirst) return;
    isFirst = false;
    const state = service.gateway.state(taskId);
    const recurrence = { ...state.definition.recurrence!, endTime: '2031-01-01T00:00:00.000Z' };
    state.definition = { ...state.definition, recurrence };
    state.version += 1;
  };
  expect(errorsOf(await update([entry(task, change({}, { cron: '0 0 5 * * ?' }))]))).toEqual([
    null,
  ]);
  expect((await read(task)).recurrence).toMatchObject({
    ...{ cron: '0 0 5 * * ?', endTime: '2031-01-01T00:00:00.000Z' },
  });
});

test('DW-12, DW-27 to DW-31: resources are changed part by part; an unknown group fails its task', async () => {
  const { resourceGroups } = service.scheduling;
  await resourceGroups.create(service.caller, { name: 'etl', taskQueue: 'etl-queue' });
  const task = await service.task();
  const set = (runtimeResource: TaskChange['fields']['runtimeResource']) =>
    update([entry(task, change({ runtimeResource }))]);
  await set({ resourceGroup: 'etl', image: 'i-x' });
  expect(errorsOf(await set({ cu: '0.25' }))).toEqual([null]);
  const whole = { resourceGroup: 'etl', taskQueue: 'etl-queue', image: 'i-x', cu: '0.25' };
  expect((await read(task)).runtimeResource).toEqual(whole);
  expect(errorsOf(await set({ resourceGroup: 'none' }))).toEqual([
    expect.stringContaining('there is no resource group none'),
  ]);
  expect((await refusalOf(resourceGroups.remove(service.caller, 'etl'))).code).toBe(
    'resourceGroupInUse',
  );
  await set({ resourceGroup: null });
  expect((await read(task)).runtimeResource).toEqual({
    ...whole,
    resourceGroup: null,
    taskQueue: null,
  });
  await resourceGroups.remove(service.caller, 'etl');
  expect((await refusalOf(resourceGroups.remove(service.caller, 'etl'))).code).toBe(
    'resourceGroupNotFound',
  );
});

test('DW-21: Pause and Normal set the pause flag in the step of the edit', async () => {
  const task = await service.task(recurring);
  await update([entry(task, change({ name: 'N' }, { mode: 'pause' }))]);
  expect(await read(task)).toMatchObject({ name: 'N', paused: true, version: 2 });
  await update([entry(task, change({}, { mode: 'normal' }))]);
  expect(await read(task)).toMatchObject({ paused: false, version: 3 });
});

test('DW-34: the comment stands in the audit of each task that was changed, and of no other', async () => {
  const [one, two] = [await service.task(recurring), await service.task(recurring)];
  const bad = change({}, { cron: 'never' });
  await update(
    [entry(one, change({ name: 'N' }, { mode: 'pause' })), entry(two, bad)],
    'as agreed',
  );
  expect(await audited(one)).toEqual([
    {
      before: { name: one.name, paused: false },
      ...{ after: { name: 'N', paused: true }, comment: 'as agreed', via: 'DataWorks' },
    },
  ]);
  expect(await audited(two)).toEqual([]);
});

test('QA-08: a task that an import keeps is that task’s failure', async () => {
  const [kept, other] = [await service.task(), await service.task()];
  const imported = { source: 'erp', externalId: 'x1' };
  service.gateway.state(kept.id).imported = imported;
  const results = await update([
    entry(kept, change({ name: 'N' })),
    entry(other, change({ name: 'N' })),
  ]);
  expect(errorsOf(results)).toEqual([expect.stringContaining('imported from erp (x1)'), null]);
});

test('DW-18, DW-19: a triggered task that becomes another kind loses its trigger URLs', async () => {
  const task = await service.task({ kind: 'triggered' });
  expect(await service.store.tokens.list('default', task.id)).toHaveLength(1);
  await update([entry(task, change({}, { kind: 'recurring', cron: '0 0 0 * * ?' }))]);
  expect((await read(task)).kind).toBe('recurring');
  expect(await service.store.tokens.list('default', task.id)).toEqual([]);
});

test('DW-03: below the Basic edition the call is refused, and the message says so', async () => {
  const free = await openService({ TABLEGATE_EDITION: 'free' });
  const call = (one: TestService) => one.scheduling.taskBatches.update(one.caller, [], null);
  const { code, message } = await refusalOf(call(free));
  expect([code, message]).toEqual(['editionTooLow', expect.stringMatching(/Basic edition.*Free/)]);
  expect(await call(service)).toEqual([]);
  await free.close();
});
