/** From the draft into production, and back. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recurrence } from '../../../model/recurrence';
import type { ScriptCheck } from '../../../model/script-object';
import { readSettings } from '../../../config';
import type { ScriptEndpoint } from '../../../model/script-endpoints';
import { lookAtTables } from '../../../scheduling/scripts/look-at-tables';
import { copyScript } from '../../support/sync-script-job';
import { refusalOf } from '../support/service';
import { openScriptBench, type ScriptBench } from '../support/scripts';

let bench: ScriptBench;
beforeAll(async () => {
  bench = await openScriptBench();
});
afterAll(() => bench.close());

const all = { pageSize: 100, pageToken: null };
const remarks = 'the first';

const scripts = () => bench.service.scheduling.scripts;
const submit = (script: { id: string }, caller = bench.ann) =>
  scripts().life.submit(caller, script.id, { remarks }, null);
const taskOf = (id: string | null) => bench.service.scheduling.tasks.get(bench.ann, id!);
const check = async (script: { id: string }, caller = bench.ann) => {
  const { checks } = await scripts().life.check(caller, script.id);
  return (name: ScriptCheck['name']) => checks.find((one) => one.name === name)!;
};
const daily = (at: string): Recurrence => ({
  ...{ every: 'day', at, startTime: null, endTime: null, mode: 'normal', catchUp: 'latest' },
});

test('DP-40, DP-10, DP-36, DP-37: in a Basic project a submission is in production at once', async () => {
  const text = copyScript({ column: ['id', 'name'] }, { column: ['id', 'name'] });
  const script = await bench.ready({ description: 'copies' }, { text });
  const submission = await submit(script);
  expect(submission).toMatchObject({
    version: 1,
    lineage: {
      reads: [{ table: 'analysis.main.orders', columns: ['id', 'name'] }],
      writes: [{ table: 'analysis.main.copy', columns: ['id', 'name'] }],
      complete: true,
    },
    script: { state: 'published', draftDiffers: false, submittedVersion: 1, publishedVersion: 1 },
  });
  expect(submission.checks.map(({ name, status }) => `${name} ${status}`)).toEqual([
    ...['script pass', 'parameters pass', 'connections pass', 'grants pass', 'tables pass'],
    ...['columns pass', 'schedule pass', 'dependencies pass', 'timeout pass'],
  ]);
  const task = await taskOf(submission.script.prodTaskId);
  expect(task).toMatchObject({
    ...{ name: script.name, number: script.number, environment: 'Prod', kind: 'recurring' },
    ...{ description: 'copies', owner: 'Ann', paused: false, recurrence: { at: '00:00' } },
    job: {
      type: 'sync-script',
      config: {
        ...{ scriptId: script.id, version: 1, reads: ['analysis.main.orders'] },
        writes: ['analysis.main.copy'],
      },
    },
    runPolicy: { timeout: 600, rerunTimes: 0 },
  });
  expect(task.nextRunTime).not.toBeNull();
  const { items } = await scripts().versions.list(bench.ann, script.id, all);
  expect(items).toMatchObject([
    { version: 1, remarks, authorName: 'Ann', submitted: true, published: true },
  ]);
  const history = await scripts().versions.history(bench.ann, script.id, all);
  expect(history.items.map(({ action, detail }) => [action, detail.remarks ?? null])).toEqual([
    ['script.publish', null],
    ['script.submit', remarks],
    ['script.save', null],
    ['script.create', null],
  ]);
});

test('DP-42, DP-41: what is only saved has no task and is not in the Operation Center', async () => {
  const script = await bench.ready();
  expect(script).toMatchObject({ state: 'draft', prodTaskId: null, devTaskId: null });
  const before = await scripts().operationCenter.list(
    bench.ann,
    { project: null, search: script.name },
    all,
  );
  expect(before.items).toEqual([]);
  const tasks = await bench.service.store.tasks.list(
    'default',
    {
      ...{ search: script.name, kind: null, status: null, paused: null, tag: null },
      ...{ sort: 'name', order: 'asc' },
    },
    all,
  );
  expect(tasks.items).toEqual([]);
  const { script: submitted } = await submit(script);
  const after = await scripts().operationCenter.list(
    bench.ann,
    { project: 'default', search: script.name },
    all,
  );
  expect(after.items).toMatchObject([
    { script: { id: script.id, state: 'published' }, task: { id: submitted.prodTaskId } },
  ]);
});

test('DP-39, DP-29: in a Dev-Prod project a submission waits for its publication, with a task of development', async () => {
  const { id: project } = bench.devProd;
  const script = await bench.ready({ project, environment: 'Dev' });
  const { script: submitted } = await submit(script);
  expect(submitted).toMatchObject({
    ...{ state: 'submitted', submittedVersion: 1, publishedVersion: null, prodTaskId: null },
  });
  const dev = await taskOf(submitted.devTaskId);
  expect(dev).toMatchObject({
    ...{ environment: 'Dev', kind: 'manual', recurrence: null, number: script.number },
    // Nothing that happens to tables starts it.
    tables: [],
    job: { config: { scriptId: script.id, version: 1, reads: [], writes: [] } },
  });
  await bench.service.scheduling.runs.start(bench.ann, dev.id, null);

  const published = await scripts().life.publish(bench.ann, script.id, null);
  expect(published).toMatchObject({ state: 'published', publishedVersion: 1 });
  const prod = await taskOf(published.prodTaskId);
  expect(prod).toMatchObject({ environment: 'Prod', kind: 'recurring', number: script.number });
  expect(prod.id).not.toBe(dev.id);

  await bench.save(script, { text: copyScript({ where: 'id > 1' }) });
  const again = await submit(script);
  expect(again).toMatchObject({ version: 2, script: { state: 'published', publishedVersion: 1 } });
  expect((await taskOf(prod.id)).job.config).toMatchObject({ version: 1 });
  expect((await taskOf(dev.id)).job.config).toMatchObject({ version: 2 });
  await scripts().life.publish(bench.ann, script.id, null);
  expect((await taskOf(prod.id)).job.config).toMatchObject({ version: 2 });
  await scripts().life.publish(bench.ann, script.id, 1);
  expect((await taskOf(prod.id)).job.config).toMatchObject({ version: 1 });
  const missing = scripts().life.publish(bench.ann, script.id, 9);
  expect((await refusalOf(missing)).code).toBe('scriptVersionNotFound');
});

test('a script made for production has no task of development', async () => {
  const { id: project } = bench.devProd;
  const script = await bench.ready({ project, environment: 'Prod' });
  expect((await refusalOf(scripts().life.publish(bench.ann, script.id, null))).code).toBe(
    'scriptNotSubmitted',
  );
  const { script: submitted } = await submit(script);
  expect(submitted).toMatchObject({ state: 'submitted', devTaskId: null, prodTaskId: null });
});

describe('a check that fails', () => {
  test('DP-38, DP-24: names itself, and the state stays draft', async () => {
    const script = await bench.create();
    const refused = await refusalOf(submit(script));
    expect(refused.code).toBe('scriptChecksFailed');
    expect(refused.message).toContain('did not pass: script');
    expect(refused.fields.script).toMatch(/^line \d+, column \d+ .*is no name of a table/);
    await bench.save(script, { text: '{' });
    expect((await refusalOf(submit(script))).fields.script).toBe(
      'line 1, column 2: this is not JSON: close brace expected',
    );
    const { drafts } = scripts();
    expect(await drafts.get(bench.ann, script.id)).toMatchObject({
      ...{ state: 'draft', submittedVersion: null, prodTaskId: null },
    });
    expect((await scripts().versions.list(bench.ann, script.id, all)).items).toEqual([]);
  });

  test('DP-38: tables and columns that are not there', async () => {
    const script = await bench.ready({}, { text: copyScript({ table: 'main.nothing' }) });
    expect((await check(script))('tables')).toEqual({
      name: 'tables',
      status: 'failure',
      messages: ['the source has no table analysis.main.nothing'],
    });
    await bench.save(script, { text: copyScript({}, { createTable: false }) });
    expect((await check(script))('tables').messages).toEqual([
      'the target has no table analysis.main.copy; make it, or set "createTable": true',
    ]);
    await bench.save(script, { text: copyScript({ column: ['id', 'nome'] }) });
    expect((await check(script))('columns')).toMatchObject({
      status: 'failure',
      messages: ['analysis.main.orders has no column nome; it has id, name, made'],
    });
    await bench.sql('create table narrow (id integer, name integer)');
    const narrow = { table: 'main.narrow', createTable: false };
    await bench.save(script, { text: copyScript({}, narrow) });
    expect((await check(script))('columns').messages).toEqual([
      expect.stringContaining('3 columns are read and 2 are written'),
    ]);
    await bench.save(script, { text: copyScript({ column: ['id', 'name'] }, narrow) });
    expect((await check(script))('columns')).toMatchObject({
      status: 'warning',
      messages: [expect.stringContaining('name (VARCHAR) goes into name (INTEGER)')],
    });
    expect((await submit(script)).script.state).toBe('published');
  });

  test('DP-38: grants of who submits, parameters, connections and the timeout', async () => {
    const script = await bench.ready();
    expect((await check(script, bench.bob))('grants')).toMatchObject({
      status: 'failure',
      messages: [
        expect.stringContaining('Bob may not read from the connection analysis'),
        expect.stringContaining('Bob may not write to the connection analysis'),
      ],
    });
    // Nobody is told what lies behind a connection that he may not use.
    expect((await check(script, bench.bob))('tables').messages).toEqual([
      expect.stringContaining('not looked at'),
    ]);
    expect((await refusalOf(submit(script, bench.bob))).fields.grants).toContain('Bob may not');

    await bench.save(script, {
      text: copyScript({ where: "made > '${day}'" }),
      scheduleParameters: [{ name: 'idle', value: 'x' }],
      runConfiguration: { timeout: null },
    });
    const judged = await check(script);
    expect(judged('parameters')).toMatchObject({
      status: 'failure',
      messages: [
        'the script names ${day}, and no parameter sets it',
        'the script does not name ${idle}',
      ],
    });
    expect(judged('timeout').status).toBe('warning');
    await bench.save(script, { text: copyScript({ datasource: 'nowhere' }) });
    const other = await check(script);
    expect(other('connections')).toMatchObject({
      status: 'failure',
      messages: ['there is no connection nowhere'],
    });
    expect(other('grants').messages).toEqual([expect.stringContaining('not looked at')]);
  });
});

test('files that a path names are looked at when they are read, and how they are read is for the script to say', async () => {
  const folder = path.join(bench.folder, 'shop');
  await mkdir(folder);
  await writeFile(path.join(folder, 'orders.csv'), '1|Ann\n2|Bob\n');
  const { sources } = bench.service.scheduling;
  await sources.createConnection(bench.ann, {
    name: 'shop',
    type: 'files',
    config: { path: folder },
  });
  const textOf = (reader: Record<string, unknown>) =>
    copyScript().replace(
      /"name": "duckdbreader",[^]*?\}/,
      `"name": "txtfilereader", "parameter": ${JSON.stringify(reader)}`,
    );
  const by = { fieldDelimiter: '|', column: [{ index: 0, type: 'long' }, { index: 1 }] };
  const files = { sourceType: 'files', source: 'shop' };
  const script = await bench.ready(files, { text: textOf({ path: `${folder}/*.csv`, ...by }) });
  const judged = await check(script);
  expect(judged('tables')).toMatchObject({
    status: 'warning',
    messages: [`what is at the path ${folder}/*.csv shows when it runs`],
  });
  expect(judged('columns').status).toBe('pass');
  expect((await submit(script)).lineage).toMatchObject({ reads: [] });
  await bench.save(script, { text: textOf({ datasource: 'shop', table: 'orders', ...by }) });
  const { lineage, checks } = await submit(script);
  expect(lineage.reads).toMatchObject([{ table: 'shop.main.orders' }]);
  expect(checks.filter(({ status }) => status !== 'pass')).toEqual([]);
  await bench.save(script, { text: textOf({ datasource: 'shop', table: 'nothing', ...by }) });
  expect((await check(script))('tables').messages).toEqual([
    'the source has no table shop.main.nothing',
  ]);
});

describe('dependencies', () => {
  test('DP-30: are published scripts or tasks, and never go round in a circle', async () => {
    const first = await bench.ready({}, { text: copyScript({}, { table: 'main.a' }) });
    const second = await bench.ready(
      {},
      {
        text: copyScript({}, { table: 'main.b' }),
        scheduleDependency: { dependsOn: [first.id] },
      },
    );
    expect((await check(second))('dependencies').messages).toEqual([
      `the script "${first.name}" is not in production; publish it first`,
    ]);
    const { script: upstream } = await submit(first);
    const { script: downstream } = await submit(second);
    expect((await taskOf(downstream.prodTaskId)).dependsOn).toEqual([upstream.prodTaskId]);

    await bench.save(first, { scheduleDependency: { dependsOn: [second.id] } });
    expect((await check(first))('dependencies')).toMatchObject({
      status: 'failure',
      messages: [expect.stringContaining('would come after itself')],
    });
    expect((await refusalOf(submit(first))).code).toBe('scriptChecksFailed');
    expect((await taskOf(upstream.prodTaskId)).dependsOn).toEqual([]);

    const inUse = await refusalOf(scripts().life.unpublish(bench.ann, first.id, false));
    expect(inUse.code).toBe('taskInUse');
    await scripts().life.unpublish(bench.ann, first.id, true);
    expect((await taskOf(downstream.prodTaskId)).dependsOn).toEqual([]);
  });
});

test('DP-29, DP-32, DP-33, DP-28: the task of production follows the schedule page at each submission', async () => {
  const script = await bench.ready();
  const { script: submitted } = await submit(script);
  const saved = await bench.save(script, {
    basicInformation: { operationOwner: 'Olga', description: 'new' },
    scheduleConfiguration: { recurrence: daily('03:15'), timezone: 'Asia/Shanghai', paused: true },
    runConfiguration: { timeout: 5, rerunTimes: 2, rerunInterval: 1 },
  });
  expect(saved.draftDiffers).toBe(true);
  const before = await taskOf(submitted.prodTaskId);
  expect(before).toMatchObject({ recurrence: { at: '00:00' }, paused: false });
  await submit(script);
  expect(await taskOf(submitted.prodTaskId)).toMatchObject({
    ...{ owner: 'Olga', description: 'new', timezone: 'Asia/Shanghai', paused: true },
    recurrence: { at: '03:15' },
    runPolicy: { timeout: 5, rerunTimes: 2, rerunInterval: 1 },
  });
  // What somebody has let go on since stays so, as the setting is as it was.
  await bench.service.scheduling.tasks.resume(bench.ann, submitted.prodTaskId!);
  await submit(script);
  expect(await taskOf(submitted.prodTaskId)).toMatchObject({ paused: false });
});

test('a draft that is as it was submitted is no new version, but of another author', async () => {
  const script = await bench.ready();
  expect((await submit(script)).version).toBe(1);
  expect((await submit(script)).version).toBe(1);
  expect((await submit(script, bench.service.caller)).version).toBe(2);
});

test('of submissions of one draft at once by one user there is one version', async () => {
  const script = await bench.ready();
  const submissions = await Promise.all(Array.from({ length: 8 }, () => submit(script)));
  expect(submissions.map(({ version }) => version)).toEqual(Array(8).fill(1));
  const { items } = await scripts().versions.list(bench.ann, script.id, all);
  expect(items).toHaveLength(1);
});

test('versions differ in text and settings, and the draft can be brought back to one', async () => {
  const script = await bench.ready();
  await submit(script);
  const text = copyScript({ where: 'id > 1' });
  await bench.save(script, { text, runConfiguration: { timeout: 7 } });
  await submit(script);
  const { versions, life, drafts } = scripts();
  const diff = await versions.diff(bench.ann, script.id, { from: 1, to: 2 });
  expect(diff.unified).toContain('--- version 1\n+++ version 2\n');
  expect(diff.unified).toMatch(/^\+ +"where": "id > 1"$/m);
  expect(diff.settings).toEqual([{ path: 'runConfiguration.timeout', from: 600, to: 7 }]);
  const same = await versions.diff(bench.ann, script.id, { from: 2, to: 'draft' });
  expect(same).toMatchObject({ hunks: [], unified: '', settings: [] });
  expect(await versions.get(bench.ann, script.id, 1)).toMatchObject({
    ...{ version: 1, text: copyScript(), submitted: false, published: false },
    config: { runConfiguration: { timeout: 600 } },
    checks: expect.arrayContaining([{ name: 'script', status: 'pass', messages: [] }]),
  });

  const ask = { version: 1, submit: false, remarks: '' };
  const back = await life.rollBack(bench.ann, script.id, ask);
  expect(back).toMatchObject({
    ...{ text: copyScript(), draftDiffers: true, publishedVersion: 2 },
    runConfiguration: { timeout: 600 },
  });
  const live = await life.rollBack(bench.ann, script.id, { ...ask, submit: true });
  expect(live).toMatchObject({ draftDiffers: false, publishedVersion: 3 });
  const { items } = await versions.list(bench.ann, script.id, all);
  expect(items.map((row) => row.remarks)).toEqual(['Back to version 1', remarks, remarks]);
  expect((await drafts.get(bench.ann, script.id)).text).toBe(copyScript());
});

test('a task of a script is changed and removed by way of the script', async () => {
  const { tasks } = bench.service.scheduling;
  const script = await bench.ready();
  const { script: submitted } = await submit(script);
  const id = submitted.prodTaskId!;
  const removing = await refusalOf(tasks.remove(bench.ann, id, null, false));
  expect(removing).toMatchObject({ code: 'taskOfScript' });
  expect(removing.message).toContain(script.id);
  const job = { type: 'sync-script', config: { script: copyScript() } };
  expect((await refusalOf(tasks.edit(bench.ann, id, { job }, null))).code).toBe('taskOfScript');
  const { job: own } = await taskOf(id);
  expect(await tasks.edit(bench.ann, id, { job: own, tags: [{ key: 'a' }] }, null)).toMatchObject({
    tags: [{ key: 'a' }],
  });
  await submit(script);
  expect((await taskOf(id)).tags).toEqual([{ key: 'a' }]);
  expect(await scripts().operationCenter.scriptOf(bench.ann, id)).toMatchObject({
    ...{ scriptId: script.id, version: 1, isObject: true, text: copyScript() },
  });

  const { life } = scripts();
  expect((await refusalOf(life.remove(bench.ann, script.id, null))).code).toBe('scriptInUse');
  expect(await life.unpublish(bench.ann, script.id, false)).toMatchObject({
    ...{ state: 'submitted', publishedVersion: null, prodTaskId: null },
  });
  expect((await refusalOf(taskOf(id))).code).toBe('taskNotFound');
  expect((await refusalOf(life.unpublish(bench.ann, script.id, false))).code).toBe(
    'scriptNotSubmitted',
  );
  const again = await life.publish(bench.ann, script.id, null);
  expect(again.prodTaskId).not.toBe(id);
  await life.unpublish(bench.ann, script.id, false);
  await life.remove(bench.ann, script.id, null);
  expect((await refusalOf(scripts().drafts.get(bench.ann, script.id))).code).toBe('scriptNotFound');
});

test('a submission that Temporal did not take can be repeated, and makes one version and one task', async () => {
  const script = await bench.ready();
  bench.service.gateway.isDown = true;
  expect((await refusalOf(submit(script))).code).toBe('temporalUnavailable');
  bench.service.gateway.isDown = false;
  expect(await scripts().drafts.get(bench.ann, script.id)).toMatchObject({
    ...{ state: 'submitted', submittedVersion: 1, prodTaskId: null },
  });
  const [one, other] = await Promise.all([submit(script), submit(script)]);
  expect([one.version, other.version]).toEqual([1, 1]);
  expect(one.script.prodTaskId).toBe(other.script.prodTaskId);
});

test('DP-24: a text is judged with the place of what is wrong, and nothing is kept', async () => {
  const { validator } = scripts();
  const text = copyScript({ datasource: 'nowhere', colum: [] });
  const validation = await validator.validateText(bench.ann, text, []);
  expect(validation).toMatchObject({ valid: false, unresolved: [] });
  const [warning, error] = validation.problems;
  expect(warning).toMatchObject({ severity: 'warning', line: expect.any(Number) });
  expect(error).toMatchObject({
    ...{ severity: 'error', path: 'job.content[0].reader.parameter' },
    message: 'there is no connection nowhere',
  });
  expect(text.split('\n')[error!.line - 1]).toContain('"parameter"');
  const named = copyScript({ where: "made > '${day}'" });
  expect(await validator.validateText(bench.ann, named, [])).toMatchObject({
    ...{ valid: false, problems: [], unresolved: ['day'] },
  });
  const set = [{ name: 'day', value: '$bizdate' }];
  expect(await validator.validateText(bench.ann, named, set)).toMatchObject({
    ...{ valid: true, reads: ['analysis.main.orders'], writes: ['analysis.main.copy'] },
    values: { day: expect.stringMatching(/^\d{8}$/) },
  });
});

test('DP-37: sources that do not answer hold a check up for so long, and no longer', async () => {
  const { secrets, store } = bench.service;
  const settings = readSettings({ TABLEGATE_DATA_DIR: bench.folder });
  const never = new Promise<null>(() => undefined);
  const findConnection = () => never;
  const silent = { ...store, sources: { ...store.sources, findConnection } };
  const table = { schema: 'main', table: 'orders' };
  const endpoint = (side: 'read' | 'write'): ScriptEndpoint => ({
    ...{ side, kind: 'duckdb', connection: 'analysis', place: 'analysis', tables: [table] },
    ...{ columns: null, queries: [], parsed: true },
  });
  const seen = await lookAtTables(
    { secrets, settings, store: silent },
    bench.ann,
    [endpoint('read'), endpoint('write')],
    20,
  );
  expect(seen.tables).toEqual([]);
  const why = 'looking at all tables of the script took longer than 0.02 s; test the connection';
  expect(seen.failures).toEqual([
    expect.stringContaining(`the source analysis cannot be looked at: ${why}`),
    expect.stringContaining(`the target analysis cannot be looked at: ${why}`),
  ]);
});

test('whoever watches is told of scripts and of where they are', async () => {
  const { scheduling, store } = bench.service;
  const heard: string[] = [];
  let look = (): void => undefined;
  const until = (text: string, count: number) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (heard.filter((one) => one === text).length >= count) resolve();
      };
      look();
    });
  const note = (...texts: string[]) => {
    heard.push(...texts);
    look();
  };
  const stop = store.changes.listen({
    onChanges: (_, changes) => note(...changes.map(({ type, id }) => `${type} ${id}`)),
    onGap: () => note('gap'),
  });
  await until('gap', 1);
  const script = await bench.ready();
  const of = `script ${script.id}`;
  await until(of, 2);
  await submit(script);
  await until(of, 4);
  const place = { project: 'default', parent: '0', name: 'Watched' };
  await scheduling.projects.directories.create(bench.ann, place);
  await until('script null', 1);
  const gone = await bench.create();
  await scheduling.scripts.life.remove(bench.ann, gone.id, null);
  await until(`script ${gone.id}`, 2);
  expect(new Set(heard.filter((one) => one.startsWith('script')))).toEqual(
    new Set([of, 'script null', `script ${gone.id}`]),
  );
  stop();
});
