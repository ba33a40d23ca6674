/** Recurrence, upstream tasks, webhooks and tables that tasks mark, when a task is saved. */
import { allTasks } from '../support/all-tasks';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService({ TABLEGATE_WEBHOOK_HOSTS: 'hooks.example.com' });
});
afterAll(() => service.close());

const { task, edit } = {
  task: (input?: Record<string, unknown>) => service.task(input),
  edit: (one: { id: string }, patch: Record<string, unknown>) => service.edit(one, patch),
};
const get = (id: string) => service.scheduling.tasks.get(service.caller, id);
const daily = { every: 'day', at: '02:30' };
const shown = { startTime: null, endTime: null, mode: 'normal', catchUp: 'latest' };

describe('recurrence', () => {
  test('a recurring task needs one, as new and as an edit', async () => {
    const { id } = await task();
    for (const answer of [task({ kind: 'recurring' }), edit({ id }, { kind: 'recurring' })]) {
      expect(await refusalOf(answer)).toMatchObject({
        code: 'invalidInput',
        fields: { recurrence: expect.stringContaining('"every":"day"') },
      });
    }
    const recurring = await edit({ id }, { kind: 'recurring', recurrence: daily });
    expect(recurring).toMatchObject({ kind: 'recurring', recurrence: { ...daily, ...shown } });
    expect(await refusalOf(edit({ id }, { recurrence: null }))).toMatchObject({
      fields: { recurrence: expect.any(String) },
    });
  });

  test.each(['manual', 'triggered'])('a %s task may have one, and may lose it', async (kind) => {
    const { id, recurrence } = await task({ kind, recurrence: daily });
    expect(recurrence).toEqual({ ...daily, ...shown });
    expect((await edit({ id }, { name: 'Other' })).recurrence).toEqual({ ...daily, ...shown });
    expect((await edit({ id }, { recurrence: null })).recurrence).toBeNull();
  });

  test('it is replaced whole by an edit', async () => {
    const { id } = await task({ recurrence: { ...daily, mode: 'skip', endTime: '2030-01-01' } });
    const { recurrence } = await edit({ id }, { recurrence: { every: 'hour' } });
    expect(recurrence).toEqual({ every: 'hour', from: '00:00', interval: 1, ...shown });
  });

  test('start and end are read in the timezone of the task, and stay instants', async () => {
    const recurrence = {
      ...daily,
      startTime: '2026-07-01 00:00:00',
      endTime: '2026-07-02T00:00:00+09:00',
    };
    const made = await task({ recurrence, timezone: 'Europe/Berlin' });
    const instants = {
      startTime: '2026-06-30T22:00:00.000Z',
      endTime: '2026-07-01T15:00:00.000Z',
    };
    expect(made.recurrence).toMatchObject(instants);
    const moved = await edit(made, { timezone: 'America/New_York' });
    expect(moved.recurrence).toMatchObject(instants);
    const both = await edit(made, { timezone: 'Asia/Tokyo', recurrence });
    expect(both.recurrence).toMatchObject({ startTime: '2026-06-30T15:00:00.000Z' });
    const later = await edit(made, { recurrence: { ...daily, startTime: '2026-07-01' } });
    expect(later.recurrence).toMatchObject({ startTime: '2026-06-30T15:00:00.000Z' });
  });

  test.each([
    ['an end before its start', { startTime: '2026-02-01', endTime: '2026-01-01' }, 'endTime'],
    ['a start that the clocks skip', { startTime: '2026-03-29 02:30:00' }, 'startTime'],
    ['an end that is no time', { endTime: 'never' }, 'endTime'],
  ])('%s is refused', async (_case, ends, field) => {
    const recurrence = { ...daily, ...ends };
    const { code, fields } = await refusalOf(task({ recurrence, timezone: 'Europe/Berlin' }));
    expect([code, Object.keys(fields)]).toEqual(['invalidInput', [`recurrence.${field}`]]);
  });

  test.each(['0 0 0 30 2 ?', 'tomorrow', '@daily'])('the cron %s is refused', async (cron) => {
    const { code, fields } = await refusalOf(task({ recurrence: { cron } }));
    expect([code, Object.keys(fields)]).toEqual(['invalidInput', ['recurrence.cron']]);
  });

  test('the next run time is that of a recurring task that is not paused', async () => {
    const yearly = { kind: 'recurring', recurrence: { cron: '0 0 0 1 1 ?' } };
    const newYear = (year: number) => new Date(Date.UTC(year + 1, 0, 1)).toISOString();
    const year = new Date().getUTCFullYear();
    const { id, nextRunTime } = await task(yearly);
    expect(nextRunTime).toBe(newYear(year));
    expect((await get(id)).nextRunTime).toBe(nextRunTime);
    const { items } = await service.scheduling.tasks.list(
      service.caller,
      { ...allTasks, kind: 'recurring' },
      { pageSize: 1, pageToken: null },
    );
    expect(items).toMatchObject([{ id, nextRunTime }]);
    expect((await service.scheduling.tasks.pause(service.caller, id)).nextRunTime).toBeNull();
    expect((await service.scheduling.tasks.resume(service.caller, id)).nextRunTime).not.toBeNull();
    expect((await edit({ id }, { kind: 'manual' })).nextRunTime).toBeNull();
    const over = { every: 'hour', endTime: '2020-01-01' };
    expect((await task({ kind: 'recurring', recurrence: over })).nextRunTime).toBeNull();
  });

  test('PUT without one takes it away', async () => {
    const { id } = await task({ recurrence: daily, dependsOn: [], tables: ['a.b.c'] });
    const body = {
      ...{ name: 'Put', kind: 'manual' as const, environment: 'Prod' as const },
      ...{ tables: [{ name: 'a.b.c', by: 'url' as const }], job: { type: 'flow', config: {} } },
    };
    const put = await service.scheduling.tasks.replace(service.caller, id, body, null);
    expect(put).toMatchObject({ recurrence: null, dependsOn: [], notifications: null });
  });
});

describe('upstream tasks', () => {
  test('are named by id, replaced whole, and kept by other edits', async () => {
    const [one, two] = [await task(), await task()];
    const after = await task({ dependsOn: [one.id, two.id] });
    expect(after.dependsOn).toEqual([one.id, two.id]);
    expect((await edit(after, { name: 'Renamed' })).dependsOn).toEqual([one.id, two.id]);
    expect((await edit(after, { dependsOn: [two.id] })).dependsOn).toEqual([two.id]);
    expect((await edit(after, { dependsOn: [] })).dependsOn).toEqual([]);
  });

  test('that are not there, are named twice or are the task itself are refused', async () => {
    const one = await task();
    const unknown = '0'.repeat(32);
    const { code, fields } = await refusalOf(task({ dependsOn: [unknown, one.id, one.id] }));
    expect(code).toBe('invalidInput');
    expect(fields).toEqual({
      'dependsOn[0]': `there is no task ${unknown}`,
      'dependsOn[2]': `the task ${one.id} is named twice`,
    });
    expect(await refusalOf(edit(one, { dependsOn: [one.id] }))).toMatchObject({
      fields: { 'dependsOn[0]': 'a task cannot come after itself' },
    });
  });

  test('of another tenant are not there', async () => {
    const { id } = await task();
    const stranger = { ...service.caller, tenant: 'other' };
    const input = {
      ...{ name: 'X', kind: 'manual' as const, environment: 'Prod' as const, dependsOn: [id] },
      ...{ tables: [{ name: 'a.b.c', by: 'url' as const }], job: { type: 'flow', config: {} } },
    };
    const answer = service.scheduling.tasks.create(stranger, input, null);
    expect(await refusalOf(answer)).toMatchObject({
      fields: { 'dependsOn[0]': `there is no task ${id}` },
    });
  });
});

describe('circles', () => {
  test('by dependsOn are refused, the way round named', async () => {
    const one = await task({ name: 'One' });
    const two = await task({ name: 'Two', dependsOn: [one.id] });
    const three = await task({ name: 'Three', dependsOn: [two.id] });
    const { code, message, fields } = await refusalOf(edit(one, { dependsOn: [three.id] }));
    expect(code).toBe('cyclicDependency');
    expect(message).toContain('"One" -> "Two" -> "Three" -> "One"');
    expect(Object.keys(fields)).toEqual(['dependsOn']);
    expect((await get(one.id)).dependsOn).toEqual([]);
  });

  test('by tables that recurring tasks write are refused, on whichever edit closes them', async () => {
    const recurring = { kind: 'recurring', recurrence: daily };
    const tables = ['analysis.main.first', 'analysis.main.second'];
    const job = (reads: string[], writes: string[]) => ({
      job: { type: 'flow', config: { reads, writes } },
    });
    const one = await task({ name: 'Writer', ...recurring, writes: [tables[0]] });
    const two = await task({ name: 'Reader', reads: [tables[0]], writes: [tables[1]] });
    const closing = job([tables[1]!], [tables[0]!]);
    await edit(one, closing);
    const { code, message } = await refusalOf(edit(two, recurring));
    expect(code).toBe('cyclicDependency');
    expect(message).toContain('"Reader" -> "Writer" -> "Reader"');
    await edit(one, job([], [tables[0]!]));
    await edit(two, recurring);
    expect(await refusalOf(edit(one, closing))).toMatchObject({ code: 'cyclicDependency' });
    const listing = edit(one, { tables: [tables[1]] });
    expect(await refusalOf(listing)).toMatchObject({ code: 'cyclicDependency' });
    expect((await edit(one, { name: 'Still editable' })).name).toBe('Still editable');
  });

  test('of one task are none: it may read what it writes', async () => {
    const table = 'analysis.main.itself';
    const made = await task({ ...{ reads: [table], writes: [table] }, recurrence: daily });
    expect((await edit(made, { kind: 'recurring' })).kind).toBe('recurring');
  });
});

describe('webhooks', () => {
  const to = (url: string) => ({ notifications: { webhooks: [{ url }] } });

  test('go to allowed hosts only, and the refusal names the setting', async () => {
    const made = await task(to('https://hooks.example.com/one'));
    expect(made.notifications?.webhooks[0]?.url).toBe('https://hooks.example.com/one');
    const elsewhere = to('https://elsewhere.example.com/x');
    for (const answer of [task(elsewhere), edit(made, elsewhere)]) {
      expect(await refusalOf(answer)).toMatchObject({
        code: 'invalidInput',
        fields: {
          'notifications.webhooks[0].url': expect.stringContaining('TABLEGATE_WEBHOOK_HOSTS'),
        },
      });
    }
    expect((await edit(made, { notifications: null })).notifications).toBeNull();
  });
});

test('a table may be marked by a task, and then has no trigger URL', async () => {
  const made = await task({
    ...{ kind: 'triggered', tables: ['a.b.one', { name: 'a.b.two', by: 'task' }] },
  });
  expect(made.tables).toEqual([
    { name: 'a.b.one', by: 'url' },
    { name: 'a.b.two', by: 'task' },
  ]);
  const { items } = await service.scheduling.tasks.triggerUrls(service.caller, made.id);
  expect(items.map((url) => url.table)).toEqual(['a.b.one']);
});
