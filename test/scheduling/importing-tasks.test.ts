/** `POST /tasks:import`: a foreign system's tasks are kept in step. */
import { TablegateError } from '../../model/errors';
import { taskInputSchema } from '../../model/task';
import { importRequestSchema, type ImportResult } from '../../model/task-import';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const page = { pageSize: 50, pageToken: null };
let sources = 0;
const newSource = (): string => `system ${(sources += 1)}`;

const entry = (externalId: string, change: Record<string, unknown> = {}) => ({
  ...{ externalId, name: `Task ${externalId}`, kind: 'manual', tables: ['crm.main.own'] },
  ...{ job: { type: 'flow', config: {} }, ...change },
});
const writing = (table: string) => ({ job: { type: 'flow', config: { writes: [table] } } });
const hourly = { kind: 'recurring', recurrence: { every: 'hour' } };

function send(
  source: string,
  tasks: object[],
  options: { removeMissing?: boolean; dryRun?: boolean } = {},
): Promise<ImportResult> {
  const request = importRequestSchema.parse({ source, tasks, ...options });
  return service.scheduling.tasks.importTasks(service.caller, request);
}

const actionsOf = ({ tasks }: ImportResult) =>
  tasks.map(({ externalId, action, error }) => [externalId, action, error?.code ?? null]);

async function auditOf(id: string) {
  const { items } = await service.store.audit.list('default', { target: `task/${id}` }, page);
  return items.map(({ action, detail }) => ({ action, detail }));
}

test('QA-06: an imported task is listed with the creator API Sync and where it comes from', async () => {
  const source = newSource();
  const { tasks: items, counts } = await send(source, [entry('a'), entry('b', hourly)]);
  expect(counts).toEqual({ create: 2, update: 0, unchanged: 0, remove: 0, failed: 0 });
  const task = await service.scheduling.tasks.get(service.caller, items[1]!.id);
  expect(task).toMatchObject({
    ...{ name: 'Task b', creator: 'API Sync', imported: { source, externalId: 'b' } },
    ...{ kind: 'recurring', timezone: 'UTC', paused: false },
  });
  expect(await service.store.tasks.find('default', items[1]!.id)).toMatchObject({
    ...{ creator: 'API Sync', imported: { source, externalId: 'b' } },
  });
  expect(await auditOf(items[0]!.id)).toEqual([
    { action: 'task.create', detail: { name: 'Task a', source, externalId: 'a' } },
  ]);
});

test('a repeat changes nothing, and only what has changed is an update', async () => {
  const source = newSource();
  const first = await send(source, [entry('a'), entry('b')]);
  const versions = () => first.tasks.map(({ id }) => service.gateway.state(id).version);
  expect(actionsOf(await send(source, [entry('b'), entry('a')]))).toEqual([
    ['b', 'unchanged', null],
    ['a', 'unchanged', null],
  ]);
  expect(versions()).toEqual([1, 1]);
  const next = await send(source, [entry('a', { owner: '1000' }), entry('b', { paused: true })]);
  expect(next.tasks.map(({ id }) => id)).toEqual(first.tasks.map(({ id }) => id));
  expect(actionsOf(next)).toEqual([
    ['a', 'update', null],
    ['b', 'update', null],
  ]);
  expect(versions()).toEqual([2, 2]);
  expect((await auditOf(first.tasks[0]!.id))[0]).toEqual({
    action: 'task.edit',
    detail: { before: { owner: null }, after: { owner: '1000' } },
  });
  expect((await auditOf(first.tasks[1]!.id))[0]).toEqual({
    action: 'task.edit',
    detail: { before: { paused: false }, after: { paused: true } },
  });
});

test('what a call no longer says of a task goes back to its default', async () => {
  const source = newSource();
  const { tasks: items } = await send(source, [
    entry('a', { owner: 'x', runPolicy: { timeout: 60 } }),
  ]);
  await send(source, [entry('a')]);
  const task = await service.scheduling.tasks.get(service.caller, items[0]!.id);
  expect(task).toMatchObject({ owner: null, runPolicy: { timeout: null } });
});

test('what a call does not hold is removed only where it says so', async () => {
  const source = newSource();
  const other = await send(newSource(), [entry('b')]);
  const first = await send(source, [entry('a'), entry('b')]);
  expect(actionsOf(await send(source, [entry('a')]))).toEqual([['a', 'unchanged', null]]);
  const result = await send(source, [entry('a')], { removeMissing: true });
  expect(actionsOf(result)).toEqual([
    ['a', 'unchanged', null],
    ['b', 'remove', null],
  ]);
  const read = (id: string) => service.scheduling.tasks.get(service.caller, id);
  expect(await refusalOf(read(first.tasks[1]!.id))).toMatchObject({ code: 'taskNotFound' });
  expect(await read(other.tasks[0]!.id)).toMatchObject({ name: 'Task b' });
  expect(actionsOf(await send(source, [], { removeMissing: true }))).toEqual([
    ['a', 'remove', null],
  ]);
});

test('a task that comes back is a new one, with an id that no other has had', async () => {
  const source = newSource();
  const ids = new Set<string>();
  for (let time = 0; time < 3; time += 1) {
    const { tasks: items } = await send(source, [entry('a')]);
    ids.add(items[0]!.id);
    await send(source, [], { removeMissing: true });
  }
  expect(ids.size).toBe(3);
});

test('after a call that broke off the next one finds what was begun, and makes no twins', async () => {
  const source = newSource();
  const { project } = service.store.tasks;
  service.store.tasks.project = () => Promise.reject(new Error('killed'));
  await expect(send(source, [entry('a')])).rejects.toThrow('killed');
  service.store.tasks.project = project;
  const before = service.gateway.states.size;
  const result = await send(source, [entry('a', { owner: '1000' })]);
  expect(actionsOf(result)).toEqual([['a', 'update', null]]);
  expect(service.gateway.states.size).toBe(before);
  expect(service.gateway.state(result.tasks[0]!.id).definition.owner).toBe('1000');
});

test('two calls at the same time make each task once', async () => {
  const source = newSource();
  const before = service.gateway.states.size;
  const [one, other] = await Promise.all([
    send(source, [entry('a'), entry('b')]),
    send(source, [entry('a'), entry('b')]),
  ]);
  expect(one.tasks.map(({ id }) => id)).toEqual(other.tasks.map(({ id }) => id));
  expect(service.gateway.states.size - before).toBe(2);
});

test('each stands alone: one that cannot be is answered with why, by its field', async () => {
  const table = 'analysis.main.taken';
  const mine = await service.task({ writes: [table] });
  const result = await send(newSource(), [
    entry('a', { job: { type: 'nothing' } }),
    entry('b', writing(table)),
    entry('c', { kind: 'recurring' }),
    entry('d'),
  ]);
  expect(actionsOf(result)).toEqual([
    ['a', 'create', 'unknownJobType'],
    ['b', 'create', 'outputTaken'],
    ['c', 'create', 'invalidInput'],
    ['d', 'create', null],
  ]);
  expect(result.counts).toMatchObject({ create: 1, failed: 3 });
  const paths = result.tasks.flatMap(({ error }) => error?.errors.map(({ path }) => path) ?? []);
  expect(paths).toEqual(['tasks[0].job.type', 'tasks[1].job.config.output', 'tasks[2].recurrence']);
  expect(result.tasks[1]!.error!.detail).toContain(mine.name);
});

test('a task that others come after is not removed, and they are named', async () => {
  const source = newSource();
  const { tasks: items } = await send(source, [entry('a')]);
  const after = await service.task({ dependsOn: [items[0]!.id] });
  const result = await send(source, [], { removeMissing: true });
  expect(actionsOf(result)).toEqual([['a', 'remove', 'taskInUse']]);
  expect(result.tasks[0]!.error!.detail).toContain(after.name);
});

test('a table can go from a task that leaves to one that comes, in one call', async () => {
  const source = newSource();
  const table = 'analysis.main.handed';
  await send(source, [entry('old', writing(table))]);
  const plan = await send(source, [entry('new', writing(table))], {
    ...{ removeMissing: true, dryRun: true },
  });
  const result = await send(source, [entry('new', writing(table))], { removeMissing: true });
  expect(actionsOf(result)).toEqual([
    ['new', 'create', null],
    ['old', 'remove', null],
  ]);
  expect(actionsOf(plan)).toEqual(actionsOf(result));
});

test('with dryRun nothing changes, and the answer is that of the call itself', async () => {
  const source = newSource();
  await send(source, [entry('a'), entry('b'), entry('c')]);
  const tasks = [
    entry('a'),
    entry('b', { owner: '1000' }),
    entry('d'),
    entry('e', { job: { type: 'nothing' } }),
  ];
  const before = [...service.gateway.states.values()].map(({ revision }) => revision);
  const plan = await send(source, tasks, { removeMissing: true, dryRun: true });
  expect([...service.gateway.states.values()].map(({ revision }) => revision)).toEqual(before);
  expect(plan.counts).toEqual({ create: 1, update: 1, unchanged: 1, remove: 1, failed: 1 });
  const result = await send(source, tasks, { removeMissing: true });
  expect({ ...result, dryRun: true }).toEqual(plan);
});

test('where Temporal does not answer the call ends, and a repeat goes on', async () => {
  const source = newSource();
  service.gateway.isDown = true;
  expect(await refusalOf(send(source, [entry('a')]))).toMatchObject({
    code: 'temporalUnavailable',
  });
  service.gateway.isDown = false;
  expect((await send(source, [entry('a')])).counts.create).toBe(1);
});

test('an Update that no worker answers in time is sent again', async () => {
  const source = newSource();
  await send(source, [entry('a')]);
  let refused = 0;
  service.gateway.beforeUpdate = () => {
    refused += 1;
    if (refused < 3) throw new TablegateError('workerUnavailable', 'none');
  };
  const result = await send(source, [entry('a', { owner: '1' })]);
  service.gateway.beforeUpdate = () => undefined;
  expect([result.counts.update, refused]).toEqual([1, 3]);
});

test('QA-11, QA-12: nobody edits, replaces, pauses or removes an imported task', async () => {
  const source = newSource();
  for (const change of [{}, hourly]) {
    const { tasks: items } = await send(source, [entry('a', change)]);
    const { id } = items[0]!;
    const { tasks } = service.scheduling;
    const before = structuredClone(service.gateway.state(id));
    const { externalId: _externalId, ...input } = entry('a', { ...change, owner: 'me' });
    const calls = [
      service.edit({ id }, { owner: 'me' }),
      tasks.replace(service.caller, id, taskInputSchema.parse(input), null),
      tasks.pause(service.caller, id),
      tasks.resume(service.caller, id),
      tasks.remove(service.caller, id, null, false),
      tasks.remove(service.caller, id, null, true),
    ];
    const refusals = await Promise.all(calls.map(refusalOf));
    expect(refusals.map(({ code }) => code)).toEqual(calls.map(() => 'taskImported'));
    expect(service.gateway.state(id)).toEqual(before);
  }
});

test('QA-09, QA-10: people start, rerun and backfill imported manual tasks, not recurring ones', async () => {
  const source = newSource();
  const { tasks: items } = await send(source, [entry('m'), entry('r', hourly)]);
  const [manual, recurring] = items.map(({ id }) => ({ id }));
  const { runs, backfills } = service.scheduling;
  const time = '2026-01-20T01:00:00.000Z';
  const request = (id: string) =>
    ({
      ...{ taskIds: [id], scheduleTimes: [time], downstream: 'none', existing: 'rerun' },
      ...{ concurrency: 4, confirm: false },
    }) as never;
  const run = await service.ran(recurring!, time);
  const rerun = { downstream: 'none', idempotencyKey: null } as const;
  const refusals = await Promise.all(
    [
      runs.start(service.caller, recurring!.id, null),
      runs.rerun(service.caller, recurring!.id, run.id, rerun),
      backfills.create(service.caller, request(recurring!.id), null),
      backfills.plan(service.caller, request(recurring!.id)),
    ].map(refusalOf),
  );
  expect(refusals.map(({ code }) => code)).toEqual(Array(4).fill('taskImported'));
  expect(service.gateway.state(recurring!.id)).toMatchObject({ live: null, cells: [] });

  const started = await runs.start(service.caller, manual!.id, null);
  expect(started).toMatchObject({ startedBy: 'manual', status: 'queued' });
  const planned = await backfills.plan(service.caller, request(manual!.id));
  expect(planned.cells).toMatchObject([{ taskId: manual!.id, action: 'create' }]);
});

test('QA-10: table triggers and cascades run an imported recurring task all the same', async () => {
  const table = 'crm.main.upstream';
  const source = newSource();
  const up = await service.task({ ...hourly, writes: ['analysis.main.made'], reads: [table] });
  const reading = (name: string) => ({
    ...{ ...hourly, tables: [name], job: { type: 'flow', config: { reads: [name] } } },
  });
  const { tasks: items } = await send(source, [
    entry('direct', reading(table)),
    entry('after', reading('analysis.main.made')),
  ]);
  const time = '2026-01-20T01:00:00.000Z';
  const answer = await service.scheduling.backfills.triggerTable(
    service.caller,
    { table, times: [time] },
    { plainTimes: false, receipt: '0'.repeat(30) },
  );
  const filter = { state: null, taskId: null };
  const cells = await service.scheduling.backfills.cells(
    service.caller,
    answer.backfillId!,
    filter,
    page,
  );
  const ran = cells.items.map(({ taskId }) => taskId);
  expect(new Set(ran)).toEqual(new Set([up.id, ...items.map(({ id }) => id)]));
});
