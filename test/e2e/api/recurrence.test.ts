/** Tasks that run by themselves: QA-20, QA-21, QA-40 to QA-42, QA-45, SH-04. */
import { isoInZone } from '../../../model/calendar';
import type {
  InstanceView,
  RecurrencePreview,
  RunRead,
  TaskRead,
} from '../../../scheduling/scheduling';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { withTemporal } from '../../support/temporal';
import type { Problem } from '../../support/test-client';
import {
  beforeDue,
  dailyAt,
  instancesOf,
  scheduleOf,
  secondsAfter,
  untilEnded,
  upcomingOf,
} from './support/due-times';
import {
  createTask,
  readTask,
  runsOf,
  startRun,
  statusesOf,
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

const table = 'up.main.a';

/** A recurring task whose job is done at once. */
const recurring = (recurrence: object, settings: Record<string, unknown> = {}): Promise<TaskRead> =>
  createTask(server.api, [table], {
    ...{ kind: 'recurring', recurrence, job: { type: 'step' } },
    ...settings,
  });

/** As it is sent where it is refused. */
const unsaved = { name: 'Bad', kind: 'recurring', tables: [table], job: { type: 'step' } };

const recurringHeld = (recurrence: object, settings: Record<string, unknown> = {}) =>
  recurring(recurrence, { job: { type: 'held' }, ...settings });

const edit = (id: string, patch: object): Promise<TaskRead> =>
  server.api.patch(`/tasks/${id}`, patch);

const remove = (id: string): Promise<void> => server.api.delete(`/tasks/${id}`);

const preview = (recurrence: object, timezone: string, from?: string): Promise<RecurrencePreview> =>
  server.api.post('/recurrences:preview', {
    ...{ recurrence, timezone },
    ...(from !== undefined && { from }),
  });

const utc = (time: string): string => new Date(time).toISOString();

/** Every second of three, from the first one on. */
function threeSeconds(first: string) {
  const times = [0, 1, 2].map((nr) => secondsAfter(first, nr)) as [string, string, string];
  const [startTime, , endTime] = times;
  return { times, recurrence: { cron: '* * * * * ?', startTime, endTime, catchUp: 'all' } };
}

/** The next days, from tomorrow, on which the clocks of a zone change: one forward, one back. */
function nextChanges(timezone: string): { day: string; way: 'forward' | 'back' }[] {
  const hourMs = 3_600_000;
  const behindUtc = (at: number): number =>
    Date.parse(`2000-01-01T12:00:00${isoInZone(at, timezone).slice(19)}`);
  const changes = [];
  const now = Math.floor(Date.now() / hourMs) * hourMs;
  for (let at = now + 25 * hourMs; changes.length < 2; at += hourMs) {
    const [before, after] = [behindUtc(at - hourMs), behindUtc(at)];
    if (before === after) continue;
    const way = after < before ? ('forward' as const) : ('back' as const);
    changes.push({ day: isoInZone(at, timezone).slice(0, 10), way });
  }
  return changes;
}

/**
 * What is asked for while none of these times comes due; once more where one did, as each answer
 * begins with the next one.
 */
async function betweenTimes<Asked>(
  recurrence: object,
  timezone: string,
  ask: () => Promise<Asked>,
): Promise<Asked & { times: string[] }> {
  const next = async () => (await preview(recurrence, timezone)).times.map(({ time }) => utc(time));
  for (;;) {
    const times = await next();
    const asked = await ask();
    if ((await next())[0] === times[0]) return { ...asked, times };
  }
}

const statusesByTime = (all: InstanceView[]) =>
  all.map(({ scheduleTime, status }) => [scheduleTime, status]);

test('QA-20, SH-04: a daily task runs by itself at its time, and Temporal has a Schedule with the next ones', async () => {
  const { due, task, upcoming } = await beforeDue(async (time) => {
    const made = await recurring(dailyAt(time));
    return { due: time, task: made, upcoming: await upcomingOf(made.id) };
  });
  const { id, nextRunTime } = task;
  expect(nextRunTime).toBe(due);
  const [first, second] = upcoming;
  expect([first, Date.parse(second ?? '') - Date.parse(due)]).toEqual([due, 86_400_000]);
  const [run] = await untilIdle(server.api, id, 1);
  expect(run).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'schedule', startedByUser: null },
    ...{ scheduleTime: due, attempt: 1, tries: 1 },
  });
  expect(Date.parse(run?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(due));
  expect((await readTask(server.api, id)).nextRunTime).toBe(second);
  expect((await upcomingOf(id))[0]).toBe(second);
  await remove(id);
});

test.each([
  ['a daily time', { every: 'day', at: '02:30' }, 'Asia/Kolkata'],
  ['every hour', { every: 'hour', from: '00:15', interval: 1 }, 'Australia/Lord_Howe'],
  ['every seventh hour', { every: 'hour', from: '03:40', interval: 7 }, 'UTC'],
  ['the end of each month', { cron: '0 0 0 L * ?' }, 'Europe/Berlin'],
  ['the last Friday of each month', { cron: '0 15 10 ? * 6L' }, 'America/New_York'],
  ['the weekday nearest to the 15th', { cron: '0 0 9 15W * ?' }, 'Asia/Shanghai'],
  ['the second Sunday of each quarter', { cron: '0 0 2 ? 1/3 SUN#2' }, 'America/Santiago'],
  ['an expression of five fields', { cron: '*/20 6 13 * fri' }, 'Europe/London'],
  ['days of February of some years', { cron: '30 0 12 29 2 ? 2028-2096' }, 'UTC'],
])(
  'QA-21, SH-04: the times that the server lists of %s are those of the preview and of `nextRunTime`',
  async (_name, recurrence, timezone) => {
    const { times, upcoming, nextRunTime } = await betweenTimes(recurrence, timezone, async () => {
      const made = await recurring(recurrence, { timezone });
      const shown = { nextRunTime: made.nextRunTime, upcoming: await upcomingOf(made.id) };
      await remove(made.id);
      return shown;
    });
    expect(upcoming.length).toBeGreaterThanOrEqual(3);
    expect(upcoming).toEqual(times.slice(0, upcoming.length));
    expect(nextRunTime).toBe(upcoming[0]);
  },
);

test('QA-21: the times of an hourly task are the hours of its cycle, by the clocks of its time zone', async () => {
  const cycle = { every: 'hour', from: '01:30', interval: 8 };
  const { times } = await preview(cycle, 'Asia/Kolkata', '2026-10-24 01:30:00');
  expect(times.slice(0, 4).map(({ time }) => time)).toEqual([
    '2026-10-24T09:30:00+05:30',
    '2026-10-24T17:30:00+05:30',
    '2026-10-25T01:30:00+05:30',
    '2026-10-25T09:30:00+05:30',
  ]);
});

test.each(['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'])(
  'SH-04: the server fires what the preview shows when the clocks of %s go forward, and when they go back',
  async (timezone) => {
    for (const { day, way } of nextChanges(timezone)) {
      const recurrence = { cron: '0 0/30 1-3 * * ?', startTime: `${day} 00:00:00` };
      const { id } = await recurring(recurrence, { timezone });
      const { times } = await preview(recurrence, timezone);
      const upcoming = await upcomingOf(id);
      expect(upcoming.length).toBeGreaterThanOrEqual(6);
      expect(upcoming).toEqual(times.map(({ time }) => utc(time)).slice(0, upcoming.length));
      expect(times.map(({ note }) => note).join()).toContain(`The clocks go ${way}`);
      await remove(id);
    }
  },
);

test('SH-04: each recurring task has one Schedule, gone after a change of kind and after removal', async () => {
  const { id } = await recurring({ every: 'day', at: '02:30' });
  const manual = await createTask(server.api, [table], {
    ...{ kind: 'manual', recurrence: { every: 'day', at: '02:30' }, job: { type: 'step' } },
  });
  const triggered = await createTask(server.api, [table], { job: { type: 'step' } });
  const all = () =>
    withTemporal(async (client) => {
      const ids: string[] = [];
      for await (const { scheduleId } of client.schedule.list()) ids.push(scheduleId);
      return ids;
    });
  // The list of all Schedules follows with a delay; the one of the task is there at once.
  const ofThese = async () =>
    (await all()).filter((name) => [id, manual.id, triggered.id].some((one) => name.includes(one)));
  expect(await until(ofThese, (ids) => ids.length > 0)).toEqual([`task/default/${id}`]);
  expect(manual.nextRunTime).toBeNull();

  await edit(id, { kind: 'manual' });
  expect(await scheduleOf(id)).toBeNull();
  await edit(manual.id, { kind: 'recurring' });
  expect(await upcomingOf(manual.id)).not.toEqual([]);
  await remove(manual.id);
  expect(await scheduleOf(manual.id)).toBeNull();
  expect(await until(ofThese, (ids) => ids.length === 0)).toEqual([]);
});

test('SH-04: an edit of cron or time zone moves the Schedule with all that is shown of it', async () => {
  const { id } = await recurring({ cron: '0 0 2 * * ?' });
  for (const patch of [
    { recurrence: { cron: '0 30 4 ? * MON-FRI' } },
    { timezone: 'Asia/Tokyo' },
    { recurrence: { every: 'hour', from: '00:05', interval: 2 }, timezone: 'Europe/Paris' },
  ]) {
    const { recurrence, timezone } = await edit(id, patch);
    const { times, upcoming, shown } = await betweenTimes(recurrence!, timezone, async () => ({
      ...{ upcoming: await upcomingOf(id), shown: await readTask(server.api, id) },
    }));
    expect(upcoming).toEqual(times.slice(0, upcoming.length));
    expect(upcoming[0]).toBe(shown.nextRunTime);
  }
  await remove(id);
});

test('QA-40: a run keeps the settings that it began with; an edit of a recurring task holds from the next time', async () => {
  const { id, first } = await beforeDue(async (due) => {
    const job = { type: 'held', config: { note: 'before' } };
    const made = await recurringHeld(dailyAt(due), { job });
    return { id: made.id, first: due };
  });
  const before = await held.next(id);
  // While the run goes on, an edit that came too late is followed by another.
  const second = await beforeDue(async (due) => {
    await edit(id, {
      recurrence: dailyAt(due),
      job: { type: 'held', config: { note: 'after' } },
    });
    return due;
  });
  before.succeed();
  const after = await held.next(id);
  after.succeed();
  expect([before.config, after.config]).toEqual([{ note: 'before' }, { note: 'after' }]);
  const succeeded = (all: InstanceView[]) => all.filter(({ status }) => status === 'succeeded');
  const instances = await until(
    () => instancesOf(server.api, id),
    (all) => succeeded(all).length === 2,
  );
  expect(succeeded(instances).map(({ scheduleTime }) => scheduleTime)).toEqual([first, second]);
  await remove(id);
});

test('QA-41: daily turned to triggered has no Schedule and URLs that work; turned back, they are refused', async () => {
  const { id } = await recurring({ every: 'day', at: '02:30' }, { job: { type: 'held' } });
  expect((await server.api.call('GET', `/tasks/${id}/trigger-urls`)).body).toMatchObject({
    items: [],
  });
  const triggered = await edit(id, { kind: 'triggered' });
  expect(triggered).toMatchObject({ nextRunTime: null, gate: { dated: [] } });
  expect(await scheduleOf(id)).toBeNull();
  const urls = await urlsOf(server.api, id);
  expect(await trigger(...urls)).toEqual(['started']);
  (await held.next(id)).succeed();
  await untilIdle(server.api, id, 1);

  await edit(id, { kind: 'recurring' });
  for (const url of urls) {
    const answer = await fetch(url);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({ success: false, data: null });
  }
  expect(await upcomingOf(id)).not.toEqual([]);
  expect(await runsOf(server.api, id)).toHaveLength(1);
  await remove(id);
});

test('QA-42: one task of each kind is started by hand, and each run is one', async () => {
  const recurrence = { every: 'day', at: '02:30' };
  const kinds = ['manual', 'recurring', 'triggered'];
  const tasks = await Promise.all(kinds.map((kind) => recurring(recurrence, { kind })));
  for (const { id } of tasks) {
    await startRun(server.api, id);
    const runs = await untilIdle(server.api, id, 1);
    expect(runs).toMatchObject([
      { status: 'succeeded', startedBy: 'manual', scheduleTime: null, attempt: 1 },
    ]);
    await remove(id);
  }
});

test('QA-45: a time that is due during a run starts nothing and is recorded as skipped; the next one runs', async () => {
  const { id } = await recurringHeld({ cron: '0/2 * * * * ?', catchUp: 'none' });
  const first = await held.next(id);
  expect(statusesOf([await server.api.call('POST', `/tasks/${id}/runs`)])).toEqual([409]);
  const during = await untilEnded(server.api, id, 2);
  first.succeed();
  const second = await held.next(id);
  await edit(id, { kind: 'manual' });
  second.succeed();
  await untilIdle(server.api, id, 4);
  const skipped = during.filter(({ status }) => status === 'skipped');
  expect(skipped.length).toBeGreaterThanOrEqual(2);
  for (const { attempts, reason, run } of skipped) {
    expect({ attempts, reason }).toEqual({ attempts: 0, reason: 'a run was in progress' });
    expect(run).toMatchObject({ startedBy: 'schedule', attempt: 0, tries: 0, startedAt: null });
  }
  const runs = await runsOf(server.api, id);
  const started = runs.filter(({ attempt }) => attempt > 0).map((run) => run.id);
  expect(started).toEqual([second.runId, first.runId]);
  await remove(id);
});

test('times that are due while a task is paused are recorded as skipped, and after resume it runs again', async () => {
  const { id } = await recurring({ cron: '0/2 * * * * ?', catchUp: 'all' }, { kind: 'manual' });
  await server.api.post(`/tasks/${id}:pause`);
  expect(await edit(id, { kind: 'recurring' })).toMatchObject({ paused: true, nextRunTime: null });
  const paused = await untilEnded(server.api, id, 2);
  expect(new Set(paused.map(({ status, reason }) => `${status}: ${reason}`))).toEqual(
    new Set(['skipped: the task was paused']),
  );
  const resumed = await server.api.post<TaskRead>(`/tasks/${id}:resume`);
  expect(resumed.nextRunTime).not.toBeNull();
  const ran = (all: InstanceView[]) => all.some(({ status }) => status === 'succeeded');
  await until(() => instancesOf(server.api, id), ran);
  await remove(id);
});

test('while it is paused a task is started by hand all the same', async () => {
  const { id } = await recurring({ every: 'day', at: '02:30' });
  await server.api.post(`/tasks/${id}:pause`);
  await startRun(server.api, id);
  expect(await untilIdle(server.api, id, 1)).toMatchObject([{ status: 'succeeded' }]);
  await remove(id);
});

test('with `mode: skip` its times succeed without any work', async () => {
  const { id, due } = await beforeDue(async (time) => {
    const made = await recurring({ ...dailyAt(time), mode: 'skip' });
    return { id: made.id, due: time };
  });
  const [instance] = await untilEnded(server.api, id, 1);
  expect(instance).toMatchObject({ scheduleTime: due, status: 'succeeded', attempts: 1 });
  expect(instance?.run).toMatchObject({ tries: 0, summary: { mode: 'skip' } });
  expect(steps.ran).not.toContain(id);
  await remove(id);
});

test('only times from its start to its end run, both included, one at a time with `catchUp: all`', async () => {
  const { times, task, upcoming } = await beforeDue(async (due) => {
    const { recurrence, ...three } = threeSeconds(due);
    const made = await recurring(recurrence);
    return { ...three, task: made, upcoming: await upcomingOf(made.id) };
  });
  const { id, nextRunTime } = task;
  expect(nextRunTime).toBe(times[0]);
  expect(upcoming).toEqual(times);
  const instances = await untilEnded(server.api, id, 3);
  expect(statusesByTime(instances)).toEqual(times.map((time) => [time, 'succeeded']));
  const ends = instances.map(({ run }) => run as RunRead);
  for (const [index, { startedAt }] of ends.slice(1).entries()) {
    expect(startedAt! >= ends[index]!.finishedAt!).toBe(true);
  }
  expect(await readTask(server.api, id)).toMatchObject({ nextRunTime: null, paused: false });
  expect(await upcomingOf(id)).toEqual([]);
  await remove(id);
});

test('with `catchUp: all` times that are due during a run wait for its end, and none is skipped', async () => {
  const { times, id } = await beforeDue(async (due) => {
    const { recurrence, ...three } = threeSeconds(due);
    return { ...three, id: (await recurringHeld(recurrence)).id };
  });
  const first = await held.next(id);
  const waiting = (all: InstanceView[]) =>
    all.filter(({ status }) => status === 'waiting').length === 2;
  const during = await until(() => instancesOf(server.api, id), waiting);
  expect(during.map(({ status }) => status)).toEqual(['running', 'waiting', 'waiting']);
  expect(during[1]?.reason).toBe('it waits for its turn');
  first.succeed();
  for (const _time of times.slice(1)) (await held.next(id)).succeed();
  const instances = await untilEnded(server.api, id, 3);
  expect(statusesByTime(instances)).toEqual(times.map((time) => [time, 'succeeded']));
  await remove(id);
});

test('the preview says what the clocks do to times of a night on which they change', async () => {
  const spring = await preview({ every: 'day', at: '02:30' }, 'Europe/Berlin', '2026-03-27 12:00');
  expect(spring.times.slice(0, 3)).toEqual([
    { time: '2026-03-28T02:30:00+01:00', note: null },
    {
      time: '2026-03-30T02:30:00+02:00',
      note: 'The clocks go forward on 2026-03-29; left out: 02:30.',
    },
    { time: '2026-03-31T02:30:00+02:00', note: null },
  ]);
  const autumn = await preview({ cron: '0 30 2 * * ?' }, 'Europe/Berlin', '2026-10-24 12:00');
  expect(autumn.times[0]?.time).toMatch(/^2026-10-25T02:30:00\+0[12]:00$/);
  expect(autumn.times[0]?.note).toMatch(/^The clocks go back and 02:30 comes twice; it runs /);
  expect(autumn.dstRule).toContain('When the clocks go forward');
  expect(autumn.times).toHaveLength(10);
});

test.each([
  ['0 60 * * * ?', '"60" is not allowed as minutes'],
  ['0 0 0 15 * MON', 'cannot both be restricted'],
  ['0 0 0 30 2 ?', 'it never comes'],
  ['0 0 L * *', 'belong to Quartz'],
  ['@daily', 'is written 0 0 0 * * ?'],
  ['0 0 0 *', 'it has 4 fields'],
])(
  'the cron expression "%s" is refused with the reason, in a task and in a preview',
  async (cron, reason) => {
    const recurrence = { cron };
    for (const { status, body } of [
      await server.api.call('POST', '/tasks', { body: { ...unsaved, recurrence } }),
      await server.api.call('POST', '/recurrences:preview', { body: { recurrence } }),
    ]) {
      expect([status, body.code]).toEqual([400, 'invalidInput']);
      expect(body.errors).toEqual([
        { path: 'recurrence.cron', message: expect.stringContaining(reason) as string },
      ]);
    }
  },
);

test('an edit to a recurrence that cannot be is refused, and the task and its Schedule stay as they are', async () => {
  const { id } = await recurring({ every: 'day', at: '02:30' });
  const before = await upcomingOf(id);
  const patch = { recurrence: { cron: '0 0 0 31 4 ?' } };
  expect(await server.api.call('PATCH', `/tasks/${id}`, { body: patch })).toMatchObject({
    ...{ status: 400, body: { errors: [{ path: 'recurrence.cron' }] } },
  });
  expect((await readTask(server.api, id)).recurrence).toMatchObject({ every: 'day' });
  expect(await upcomingOf(id)).toEqual(before);
  await remove(id);
});

test.each([
  [{ every: 'day', at: '25:00' }, 'recurrence.at'],
  [{ every: 'hour', interval: 0 }, 'recurrence.interval'],
  [{ every: 'day', at: '02:30', startTime: '2026-02-30 00:00:00' }, 'recurrence.startTime'],
  [
    { every: 'day', at: '02:30', startTime: '2026-02-02', endTime: '2026-02-01' },
    'recurrence.endTime',
  ],
  [null, 'recurrence'],
])('the recurrence %j is refused by its field', async (recurrence, path) => {
  const body = { ...unsaved, recurrence };
  const answer = await server.api.call<Problem>('POST', '/tasks', { body });
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.map((error) => error.path)).toContain(path);
});
