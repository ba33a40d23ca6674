/** Scripts before anything is submitted. */
import { scriptInputSchema, scriptPatchSchema } from '../../../model/script-object';
import { parseScript } from '../../../model/script';
import { skeletonOf } from '../../../model/script-skeleton';
import { refusalOf } from '../support/service';
import { openScriptBench, type ScriptBench } from '../support/scripts';

let bench: ScriptBench;
beforeAll(async () => {
  bench = await openScriptBench();
});
afterAll(() => bench.close());

const all = { pageSize: 100, pageToken: null };
const anywhere = { project: null, directory: null, search: null, state: null };

test('DP-13, DP-21, DP-28: a new script lies under the root with a skeleton, and its maker looks after it', async () => {
  const script = await bench.create({ name: 'Orders', description: 'copies orders' });
  expect(script).toMatchObject({
    ...{ project: 'default', directory: '0', name: 'Orders', environment: 'Prod' },
    ...{ description: 'copies orders', state: 'draft', draftDiffers: true, version: 1 },
    ...{ source: 'analysis', target: 'analysis', prodTaskId: null, devTaskId: null },
    basicInformation: { developer: 'Ann', operationOwner: 'Ann', description: 'copies orders' },
    scheduleConfiguration: { recurrence: { every: 'day', at: '00:00' }, paused: false },
    runConfiguration: { timeout: null, rerunTimes: 0 },
  });
  expect(script.text).toBe(
    skeletonOf({
      ...{ sourceType: 'duckdb', source: 'analysis', targetType: 'duckdb', target: 'analysis' },
    }),
  );
  // Only the tables are left to fill in.
  const filled = script.text.replaceAll('"table": ""', '"table": "main.t"');
  expect(parseScript(filled).problems).toEqual([]);
  expect(parseScript(script.text).problems.length).toBeGreaterThan(0);
  const tree = await bench.service.scheduling.scripts.drafts.tree(bench.ann, 'default');
  expect(tree.scripts.map(({ name }) => name)).toContain('Orders');
});

test('DP-03: a project in Dev-Prod mode needs an environment, a Basic one has none', async () => {
  const { id: project } = bench.devProd;
  expect(await refusalOf(bench.create({ project }))).toMatchObject({
    fields: { environment: expect.stringContaining('choose Dev or Prod') },
  });
  expect(await bench.create({ project, environment: 'Dev' })).toMatchObject({ environment: 'Dev' });
  expect(await refusalOf(bench.create({ environment: 'Dev' }))).toMatchObject({
    fields: { environment: expect.stringContaining('has no environments') },
  });
});

test('DP-06, DP-07, DP-08: what a script may be called', async () => {
  const problemOf = (name: unknown) =>
    scriptInputSchema.shape.name.safeParse(name).error?.issues[0]?.message ?? null;
  for (const symbol of ['|', ':', '?', '<', '>', '*', '"', 'Ⅴ', 'ⅴ']) {
    expect(problemOf(`a${symbol}b`)).toContain(`${symbol} is not allowed in a name`);
  }
  expect(problemOf('a<b>')).toBe(
    'the angle bracket <, the angle bracket > are not allowed in a name',
  );
  for (const name of ['订单 同步', 'a b-c.d/e', 'view', 'V v', '🐢'.repeat(64), 'x'.repeat(64)]) {
    expect(problemOf(name)).toBeNull();
  }
  expect(problemOf('x'.repeat(65))).toBe('it has 65 characters; at most 64 are allowed');
  expect(problemOf('🐢'.repeat(65))).toContain('it has 65 characters');
  expect([problemOf(''), problemOf('  ')]).toEqual(['a name is needed', 'a name is needed']);
  expect(problemOf(undefined)).not.toBeNull();

  await bench.create({ name: 'Taken' });
  expect(await refusalOf(bench.create({ name: 'Taken' }))).toMatchObject({
    code: 'nameTaken',
    fields: { name: 'there is a script "Taken" in the directory already' },
  });
  expect((await bench.create({ name: 'taken' })).name).toBe('taken');
});

test('DP-09, DP-12: schedule types and descriptions', () => {
  const { scheduleType, description } = scriptInputSchema.shape;
  for (const type of ['Recurring Task Node', 'Manual Task Node']) {
    expect(scheduleType.safeParse(type).success).toBe(true);
  }
  expect(scheduleType.safeParse('Sometimes').success).toBe(false);
  expect(description.safeParse('x'.repeat(1000)).success).toBe(true);
  expect(description.safeParse('🐢'.repeat(1000)).success).toBe(true);
  expect(description.safeParse('x'.repeat(1001)).error?.issues[0]?.message).toBe(
    'it has 1001 characters; at most 1000 are allowed',
  );
  expect(description.parse(undefined)).toBe('');
});

test('DP-14: a script lies in a directory of its project, which holds that', async () => {
  const { directories } = bench.service.scheduling.projects;
  const { id: directory } = await directories.create(bench.ann, {
    ...{ project: 'default', parent: '0', name: 'Nightly' },
  });
  const script = await bench.create({ directory, name: 'Inside' });
  const { drafts } = bench.service.scheduling.scripts;
  const { items } = await drafts.list(bench.ann, { ...anywhere, directory }, all);
  expect(items.map(({ name }) => name)).toEqual(['Inside']);
  expect((await refusalOf(directories.remove(bench.ann, directory))).code).toBe('directoryInUse');
  await bench.save(script, { directory: '0', name: 'Outside' });
  await directories.remove(bench.ann, directory);
  for (const gone of [directory, 'ab'.repeat(16)]) {
    expect(await refusalOf(bench.create({ directory: gone }))).toMatchObject({
      code: 'directoryNotFound',
      fields: { directory: 'there is no such directory in the project' },
    });
  }
  expect((await refusalOf(bench.save(script, { directory }))).code).toBe('directoryNotFound');
});

test('DP-01, DP-15, DP-16, DP-17, DP-18: source and target are there, of their type, and granted', async () => {
  const says = async (change: Record<string, unknown>, caller = bench.ann) => {
    const { code, fields, message } = await refusalOf(bench.create(change, caller));
    return `${code}: ${Object.keys(fields).join()} ${message}`;
  };
  expect(await says({ source: 'nowhere' })).toMatch(
    /^connectionNotFound: source There is no connection nowhere; make it first/,
  );
  expect(await says({ target: 'nowhere' })).toMatch(/^connectionNotFound: target/);
  expect(await says({ sourceType: 'files' })).toContain('is of type duckdb, not files');
  expect(await says({ targetType: 'oracle' })).toContain('there is no such type; there are mysql');
  expect(await says({}, bench.bob)).toMatch(/^grantMissing:.*Bob may not read from/);
  await bench.grant(bench.bob, { read: true, write: false });
  expect(await says({}, bench.bob)).toMatch(/^grantMissing:.*Bob may not write to.*ask an admin/);
  await bench.grant(bench.bob, { read: false, write: false });
});

test('DP-22, DP-23, DP-35: a text is kept exactly as typed, right or wrong, up to its limit', async () => {
  const script = await bench.create();
  const text = '{\r\n\t"a" : 1 // 🐢 é \u2028\n\n  ';
  expect((await bench.save(script, { text })).text).toBe(text);
  const { drafts } = bench.service.scheduling.scripts;
  expect((await drafts.get(bench.ann, script.id)).text).toBe(text);
  for (const longest of ['x'.repeat(500_000), '🐢'.repeat(500_000)]) {
    expect((await bench.save(script, { text: longest })).text).toBe(longest);
    const { error } = scriptPatchSchema.safeParse({ text: `${longest}x` });
    expect(error?.issues[0]?.message).toBe('it has 500001 characters; at most 500000 are allowed');
  }
});

test('DP-34, DP-35: an edit of what somebody else has saved meanwhile is refused', async () => {
  const { drafts } = bench.service.scheduling.scripts;
  const script = await bench.create();
  const patch = { runConfiguration: { timeout: 60 } };
  const saved = await drafts.edit(bench.ann, script.id, patch, script.version);
  expect(saved).toMatchObject({ version: 2, runConfiguration: { timeout: 60, rerunTimes: 0 } });
  const late = drafts.edit(bench.ann, script.id, patch, script.version);
  expect((await refusalOf(late)).code).toBe('staleVersion');
  const both = await Promise.allSettled(
    [70, 80].map((timeout) =>
      drafts.edit(bench.ann, script.id, { runConfiguration: { timeout } }, 2),
    ),
  );
  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  // Who names no version changes his part of what is there, whoever else is at it.
  await Promise.all([
    bench.save(script, { runConfiguration: { rerunTimes: 3 } }),
    bench.save(script, { text: '{}' }),
    bench.save(script, { basicInformation: { description: 'new' } }),
  ]);
  expect(await drafts.get(bench.ann, script.id)).toMatchObject({
    ...{ text: '{}', description: 'new', runConfiguration: { rerunTimes: 3 } },
  });
});

test('DP-11, DP-29, DP-30: a manual node has no cycle and no dependencies', async () => {
  const script = await bench.create({ scheduleType: 'Manual Task Node' });
  expect(script.scheduleConfiguration.recurrence).toBeNull();
  const other = await bench.create();
  const refused = await refusalOf(
    bench.save(script, {
      scheduleDependency: { dependsOn: [other.id] },
      scheduleConfiguration: {
        recurrence: {
          ...{ every: 'day', at: '02:00', startTime: null, endTime: null },
          ...{ mode: 'normal', catchUp: 'latest' },
        },
      },
    }),
  );
  expect(Object.keys(refused.fields)).toEqual([
    'scheduleConfiguration.recurrence',
    'scheduleDependency.dependsOn',
  ]);
  const recurring = await bench.save(script, {
    scheduleConfiguration: { scheduleType: 'Recurring Task Node' },
    scheduleDependency: { dependsOn: [other.id] },
  });
  expect(recurring).toMatchObject({
    scheduleType: 'Recurring Task Node',
    scheduleConfiguration: { recurrence: { every: 'day' } },
    scheduleDependency: { dependsOn: [other.id] },
  });
  for (const [id, message] of [
    [script.id, 'a script cannot come after itself'],
    ['ab'.repeat(16), `there is no script or task ${'ab'.repeat(16)}`],
  ]) {
    const unknown = bench.save(script, { scheduleDependency: { dependsOn: [id!] } });
    expect((await refusalOf(unknown)).fields).toEqual({
      'scheduleDependency.dependsOn[0]': message,
    });
  }
});

test('DP-31: parameters are shown evaluated for the next run, right and wrong', async () => {
  const { validator } = bench.service.scheduling.scripts;
  const script = await bench.create();
  await bench.save(script, {
    text: '"${day} ${hour} ${other}"',
    scheduleConfiguration: { timezone: 'Asia/Shanghai' },
    scheduleParameters: [{ name: 'day', value: '${yyyyMMdd}' }],
  });
  const next = await validator.preview(bench.ann, script.id, {
    ...{ scheduleTime: null, parameters: null },
  });
  expect(new Date(next.scheduleTime).getTime()).toBeGreaterThan(Date.now());
  expect(next).toMatchObject({ timezone: 'Asia/Shanghai', unresolved: ['hour', 'other'] });
  const named = await validator.preview(bench.ann, script.id, {
    scheduleTime: '2026-03-01 02:00',
    parameters: [
      { name: 'day', value: '${yyyyMMdd}' },
      { name: 'hour', value: '$[hour]' },
    ],
  });
  expect(named).toEqual({
    ...{ scheduleTime: '2026-02-28T18:00:00.000Z', timezone: 'Asia/Shanghai' },
    parameters: [
      { name: 'day', value: '${yyyyMMdd}', result: '20260228', problem: null },
      { name: 'hour', value: '$[hour]', result: null, problem: expect.stringContaining('"hour"') },
    ],
    unresolved: ['other'],
  });
  const doubled = scriptPatchSchema.safeParse({
    scheduleParameters: [
      { name: 'a', value: '1' },
      { name: 'a', value: '$x' },
    ],
  });
  expect(doubled.error?.issues.map(({ path }) => path.join('.'))).toEqual([
    'scheduleParameters.1.value',
    'scheduleParameters.1.name',
  ]);
});

test('scripts of other tenants and of closed projects are out of reach', async () => {
  const { drafts, versions, life } = bench.service.scheduling.scripts;
  const script = await bench.create();
  const stranger = { ...bench.ann, tenant: 'other' };
  for (const call of [
    drafts.get(stranger, script.id),
    drafts.edit(stranger, script.id, { text: '' }, null),
    versions.list(stranger, script.id, all),
    life.submit(stranger, script.id, { remarks: '' }, null),
    life.remove(stranger, script.id, null),
  ]) {
    expect((await refusalOf(call)).code).toBe('scriptNotFound');
  }
  const { projects } = bench.service.scheduling;
  const { caller } = bench.service;
  const closed = await projects.create(caller, { name: 'Closed', mode: 'Basic' });
  const hidden = await bench.create({ project: closed.id }, caller);
  await projects.addMember(caller, closed.id, bench.ann.userId);
  expect((await drafts.get(bench.ann, hidden.id)).id).toBe(hidden.id);
  expect((await refusalOf(drafts.get(bench.bob, hidden.id))).code).toBe('projectClosed');
  const seen = await drafts.list(bench.bob, anywhere, all);
  expect(seen.items.some(({ id }) => id === hidden.id)).toBe(false);
  expect((await refusalOf(projects.remove(caller, closed.id))).code).toBe('projectInUse');
  await life.remove(caller, hidden.id, null);
  await projects.remove(caller, closed.id);
});

test('lists are paged, and found by project, name and state', async () => {
  const { drafts } = bench.service.scheduling.scripts;
  const { id: project } = await bench.service.scheduling.projects.create(bench.service.caller, {
    ...{ name: 'Listed', mode: 'Basic' },
  });
  for (const name of ['one', 'two', 'three']) await bench.create({ project, name });
  const filter = { ...anywhere, project };
  const first = await drafts.list(bench.ann, filter, { pageSize: 2, pageToken: null });
  const rest = await drafts.list(bench.ann, filter, {
    pageSize: 2,
    pageToken: first.nextPageToken,
  });
  expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['three', 'two', 'one']);
  expect(first.items[0]).not.toHaveProperty('text');
  const found = await drafts.list(bench.ann, { ...filter, search: 'TW' }, all);
  expect(found.items.map(({ name }) => name)).toEqual(['two']);
  expect((await drafts.list(bench.ann, { ...filter, state: 'draft' }, all)).items).toHaveLength(3);
  expect((await drafts.list(bench.ann, { ...filter, state: 'submitted' }, all)).items).toEqual([]);
});
