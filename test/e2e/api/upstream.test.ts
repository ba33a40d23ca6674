/** Tasks that come after others: by `dependsOn`, by their tables, and by tables marked by tasks (rules 9, 10, 12). */
import type { InstanceView, LineageGraph, RunRead, TaskRead } from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import type { Problem } from '../../support/test-client';
import { startBackfill, untilOver } from './support/backfills';
import { beforeDue, dailyAt, instancesOf, secondsAfter, untilEnded } from './support/due-times';
import {
  createTask,
  gateOf,
  ledgerOf,
  readTask,
  runsOf,
  startRun,
  trigger,
  until,
  untilIdle,
  urlsOf,
} from './support/flow';

const held = heldJobs();
const steps = stepJobs();
let installation: Installation;
let server: TestServer;
beforeAll(async () => {
  const jobTypes = [held.jobType, steps.jobType];
  // However many cores there are: jobs that a test holds take none of another's places.
  const env = { TABLEGATE_MAX_JOBS: '20' };
  ({ installation, server } = await startServer({ jobTypes, env }));
});
afterAll(() => installation.end());

let made = 0;
/** A table of the analysis source that no other test speaks of. */
const newTable = (): string => `analysis.main.t${(made += 1)}`;

const task = (name: string, settings: Record<string, unknown>): Promise<TaskRead> =>
  createTask(server.api, ['up.main.a'], {
    ...{ name, kind: 'manual', job: { type: 'step' } },
    ...settings,
  });

const step = (config: { reads?: string[]; writes?: string[] }) => ({ type: 'step', config });

/** Three due times in a row, the hours of a day, so to say; the day ends with the last. */
function dayFrom(first: string) {
  const hours = [0, 1, 2].map((nr) => secondsAfter(first, nr)) as [string, string, string];
  const [startTime, , day] = hours;
  return {
    hours,
    hourly: { cron: '* * * * * ?', startTime, endTime: day, catchUp: 'all' },
    day,
    daily: dailyAt(day),
  };
}

/** Makes tasks for a day that begins in a moment: all of them are there before it does. */
function nearDay<Made>(
  make: (day: ReturnType<typeof dayFrom>) => Promise<Made>,
): Promise<ReturnType<typeof dayFrom> & Made> {
  return beforeDue(async (first) => {
    const day = dayFrom(first);
    return { ...day, ...(await make(day)) };
  });
}

/** Waits until a listed instance of the task is as wanted. */
async function untilInstance(
  id: string,
  scheduleTime: string,
  wanted: Partial<InstanceView>,
): Promise<InstanceView> {
  const isIt = (one: InstanceView): boolean =>
    one.scheduleTime === scheduleTime &&
    (wanted.status === undefined || one.status === wanted.status) &&
    (wanted.reason === undefined || one.reason === wanted.reason);
  const all = await until(
    () => instancesOf(server.api, id),
    (found) => found.some(isIt),
  );
  return all.find(isIt)!;
}

const shown = (time: string): string => time.replace('.000Z', '+00:00');

const rerun = (id: string, run: Pick<RunRead, 'id'> | null | undefined) =>
  server.api.post<{ backfillId: string | null }>(`/tasks/${id}/runs/${run?.id}:rerun`);

const stop = (...tasks: TaskRead[]) =>
  Promise.all(tasks.map(({ id }) => server.api.delete(`/tasks/${id}?detach=true`)));

test('a daily task waits for all hours of its day, is blocked by one that failed, and runs when that is mended', async () => {
  const { hours, day, up, down } = await nearDay(async ({ hourly, daily }) => {
    const hourlyTask = await task('Hours', {
      ...{ kind: 'recurring', recurrence: hourly, job: { type: 'held' } },
    });
    const dependsOn = [hourlyTask.id];
    const dailyTask = await task('Day', { kind: 'recurring', recurrence: daily, dependsOn });
    return { up: hourlyTask, down: dailyTask };
  });
  const first = await held.next(up.id);
  const reason = `the task "Hours" at ${shown(hours[0])} and 2 more`;
  const waiting = await untilInstance(down.id, day, { status: 'waiting', reason });
  expect(waiting).toMatchObject({ attempts: 0, run: null });
  first.succeed();
  (await held.next(up.id)).fail('no data');
  const blocked = await untilInstance(down.id, day, { status: 'blocked' });
  expect(blocked).toMatchObject({
    ...{ attempts: 0, reason: `the task "Hours" at ${shown(hours[1])} has failed` },
    run: { status: 'blocked', attempt: 0, startedAt: null, finishedAt: null },
  });
  (await held.next(up.id)).succeed();
  const [, failed] = await untilEnded(server.api, up.id, 3);
  await rerun(up.id, failed?.run);
  (await held.next(up.id)).succeed();
  const done = await untilInstance(down.id, day, { status: 'succeeded' });
  expect(done).toMatchObject({ attempts: 1, run: { id: blocked.run?.id, startedBy: 'schedule' } });
  expect(await runsOf(server.api, down.id)).toHaveLength(1);
  await stop(up, down);
});

test('a task waits for the recurring one that writes a table which it reads, without naming it', async () => {
  const { day, table, up, down } = await nearDay(async ({ hourly, daily }) => {
    const between = newTable();
    const [writes, reads] = [step({ writes: [between] }), step({ reads: [between] })];
    const [writer, reader] = await Promise.all([
      task('Writes', { kind: 'recurring', recurrence: hourly, job: writes }),
      task('Reads', { kind: 'recurring', recurrence: daily, job: reads }),
    ]);
    return { table: between, up: writer, down: reader };
  });
  const { nodes, edges } = await server.api.get<LineageGraph>(`/lineage?table=${table}`);
  expect(nodes.tasks.map(({ id }) => id).toSorted()).toEqual([up.id, down.id].toSorted());
  expect(edges).toContainEqual({ from: up.id, to: table, kind: 'writes' });
  expect(edges).toContainEqual({ from: table, to: down.id, kind: 'reads' });
  await untilInstance(down.id, day, { status: 'succeeded' });
  const before = await untilEnded(server.api, up.id, 3);
  const [run] = await runsOf(server.api, down.id);
  const lastEnd = before
    .map((one) => one.run?.finishedAt ?? '')
    .toSorted()
    .at(-1)!;
  expect(run!.startedAt! >= lastEnd).toBe(true);
  await stop(up, down);
});

test('a time that was skipped upstream as the task was paused blocks what comes after; one that was skipped by `mode` does not', async () => {
  const { day, ups, downs } = await nearDay(async ({ hourly, daily }) => {
    const one = await task('Paused', { recurrence: hourly });
    await server.api.post(`/tasks/${one.id}:pause`);
    await server.api.patch(`/tasks/${one.id}`, { kind: 'recurring' });
    const other = await task('Skipping', {
      ...{ kind: 'recurring', recurrence: { ...hourly, mode: 'skip' }, job: { type: 'held' } },
    });
    const after = [one, other].map(({ id }) =>
      task('After', { kind: 'recurring', recurrence: daily, dependsOn: [id] }),
    );
    return { ups: [one, other], downs: await Promise.all(after) };
  });
  const [paused, skipping] = ups as [TaskRead, TaskRead];
  const [one, other] = downs;
  await untilInstance(other!.id, day, { status: 'succeeded' });
  const blocked = await untilInstance(one!.id, day, { status: 'blocked' });
  expect(blocked.reason).toMatch(/^the task "Paused" at .* was skipped$/);
  for (const { run } of await instancesOf(server.api, paused.id)) await rerun(paused.id, run);
  await untilInstance(one!.id, day, { status: 'succeeded' });
  await stop(one!, other!, paused, skipping);
});

test('a due time that is blocked is run by a backfill or a rerun of it, and by a backfill of what blocks it', async () => {
  const { day, up, downs } = await nearDay(async ({ daily }) => {
    const broken = await task('Broken', { kind: 'recurring', recurrence: daily });
    steps.break(broken.id);
    const settings = { kind: 'recurring', recurrence: daily, dependsOn: [broken.id] };
    const after = ['Backfilled', 'Rerun', 'Freed'].map((name) => task(name, settings));
    return { up: broken, downs: await Promise.all(after) };
  });
  const [filled, rerunOf, freed] = downs as [TaskRead, TaskRead, TaskRead];
  const backfill = async (taskId: string) => {
    const { id } = await startBackfill(server.api, { taskIds: [taskId], scheduleTimes: [day] });
    await untilOver(server.api, id);
  };
  for (const { id } of [filled, rerunOf, freed])
    await untilInstance(id, day, { status: 'blocked' });
  await backfill(filled.id);
  const [blocked] = await runsOf(server.api, rerunOf.id);
  await rerun(rerunOf.id, blocked);
  steps.mend(up.id);
  await untilInstance(rerunOf.id, day, { status: 'succeeded' });
  await backfill(up.id);
  for (const [{ id }, startedBy] of [
    [filled, 'backfill'],
    [rerunOf, 'backfill'],
    [freed, 'schedule'],
  ] as const) {
    await untilInstance(id, day, { status: 'succeeded' });
    expect(await runsOf(server.api, id)).toMatchObject([{ startedBy, attempt: 1 }]);
    expect((await readTask(server.api, id)).gate).toBeNull();
  }
  await stop(up, filled, rerunOf, freed);
});

test('who takes the task that stands in the way out of `dependsOn` lets the instance run; so does its removal', async () => {
  const { day, up, downs } = await nearDay(async ({ daily }) => {
    const recurring = { kind: 'recurring', recurrence: daily };
    const slow = await task('Slow', { ...recurring, job: { type: 'held' } });
    const after = ['Edited', 'Detached'].map((name) =>
      task(name, { ...recurring, dependsOn: [slow.id] }),
    );
    return { up: slow, downs: await Promise.all(after) };
  });
  const [edited, detached] = downs;
  const run = await held.next(up.id);
  for (const { id } of [edited!, detached!]) await untilInstance(id, day, { status: 'waiting' });
  await server.api.patch(`/tasks/${edited!.id}`, { dependsOn: [] });
  await untilInstance(edited!.id, day, { status: 'succeeded' });
  expect((await instancesOf(server.api, detached!.id))[0]?.status).toBe('waiting');

  const refused = await server.api.call<Problem>('DELETE', `/tasks/${up.id}`);
  expect(refused).toMatchObject({ status: 409, body: { code: 'taskInUse' } });
  expect(refused.body.detail).toContain('"Detached"');
  expect(refused.body.detail).not.toContain('"Edited"');
  expect((await readTask(server.api, up.id)).latestRun?.id).toBe(run.runId);

  await server.api.delete(`/tasks/${up.id}?detach=true`);
  expect((await server.api.call('GET', `/tasks/${up.id}`)).status).toBe(404);
  expect((await readTask(server.api, detached!.id)).dependsOn).toEqual([]);
  await untilInstance(detached!.id, day, { status: 'succeeded' });
  await stop(edited!, detached!);
});

test('a task that would come after itself by way of others is refused with the way round, and nothing changes', async () => {
  const [a, b] = [newTable(), newTable()];
  const daily = { every: 'day', at: '02:30' };
  const recurring = { kind: 'recurring', recurrence: daily };
  const one = await task('One', { ...recurring, job: step({ reads: [a], writes: [b] }) });
  const two = await task('Two', { ...recurring, dependsOn: [one.id] });
  const byName = await server.api.call('PATCH', `/tasks/${one.id}`, {
    body: { dependsOn: [two.id] },
  });
  expect(byName).toMatchObject({ status: 400, body: { code: 'cyclicDependency' } });
  expect(byName.body.detail).toContain('"One" -> "Two" -> "One"');
  const byTable = await server.api.call('PATCH', `/tasks/${two.id}`, {
    body: { job: step({ writes: [a] }) },
  });
  expect(byTable).toMatchObject({ status: 400, body: { code: 'cyclicDependency' } });
  expect(byTable.body.detail).toContain('"Two" -> "One" -> "Two"');
  const itself = await server.api.call('PATCH', `/tasks/${one.id}`, {
    body: { dependsOn: [one.id] },
  });
  expect(itself).toMatchObject({ status: 400, body: { errors: [{ path: 'dependsOn[0]' }] } });
  expect(await readTask(server.api, one.id)).toMatchObject({ dependsOn: [], version: 1 });
  expect(await readTask(server.api, two.id)).toMatchObject({ version: 1 });
  await Promise.all([stop(two), stop(one)]);
});

test('a task that reads what it writes is saved, and runs', async () => {
  const table = newTable();
  const { self, due } = await beforeDue(async (time) => {
    const made = await task('Self', {
      ...{ kind: 'recurring', recurrence: dailyAt(time) },
      job: step({ reads: [table], writes: [table] }),
    });
    return { self: made, due: time };
  });
  const done = await untilInstance(self.id, due, { status: 'succeeded' });
  expect(done).toMatchObject({ attempts: 1, run: { startedBy: 'schedule' } });
  await stop(self);
});

test('a success marks the tables that it wrote in the open round of a task that lists them by task; a failure and a backfill do not', async () => {
  const table = newTable();
  const up = await task('Maker', { job: step({ writes: [table] }) });
  const down = await task('Taker', {
    ...{ kind: 'triggered', tables: [{ name: table, by: 'task' }, 'up.main.b'] },
  });
  const untouched = { [table]: 'Not Triggered', 'up.main.b': 'Not Triggered' };
  steps.break(up.id);
  await startRun(server.api, up.id);
  await untilIdle(server.api, up.id, 1);
  steps.mend(up.id);
  await startBackfill(server.api, { taskIds: [up.id], scheduleTimes: ['2026-03-01 00:00:00'] });
  await untilIdle(server.api, up.id, 2);
  expect(await gateOf(server.api, down.id)).toEqual(untouched);

  await startRun(server.api, up.id);
  await until(
    () => gateOf(server.api, down.id),
    (gate) => gate[table] === 'Triggered',
  );
  expect(await ledgerOf(server.api, down.id)).toMatchObject([
    { table, caller: 'task Maker', outcome: 'counted', scheduleTime: null },
  ]);
  const urls = await urlsOf(server.api, down.id);
  expect(await trigger(urls.at(-1)!)).toEqual(['started']);
  expect(await untilIdle(server.api, down.id, 1)).toMatchObject([{ startedBy: 'triggers' }]);
  await stop(down, up);
});

test('a triggered task with a recurrence is marked for its day by the last of the hours that it needs', async () => {
  const { hours, day, table, up, down } = await nearDay(async ({ hourly, daily }) => {
    const written = newTable();
    const writer = await task('Hourly', {
      ...{ kind: 'recurring', recurrence: hourly, job: step({ writes: [written] }) },
    });
    const marked = await task('Daily mark', {
      ...{ kind: 'triggered', recurrence: daily, tables: [{ name: written, by: 'task' }] },
    });
    return { table: written, up: writer, down: marked };
  });
  await untilInstance(down.id, day, { status: 'succeeded' });
  const upstream = await untilEnded(server.api, up.id, 3);
  expect(upstream.map(({ scheduleTime }) => scheduleTime)).toEqual(hours);
  expect(await ledgerOf(server.api, down.id)).toMatchObject([
    { table, caller: 'task Hourly', outcome: 'started', scheduleTime: day },
  ]);
  expect(await runsOf(server.api, down.id)).toMatchObject([
    { startedBy: 'triggers', scheduleTime: day, attempt: 1 },
  ]);
  await stop(down, up);
});
