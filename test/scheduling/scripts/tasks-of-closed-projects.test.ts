/** Tasks of scripts, for whoever may not change the script. */
import { taskInputSchema, taskPatchSchema } from '../../../model/task';
import { copyScript } from '../../support/sync-script-job';
import { openScriptBench, type ScriptBench } from '../support/scripts';
import { refusalOf } from '../support/service';

let bench: ScriptBench;
beforeAll(async () => {
  bench = await openScriptBench();
});
afterAll(() => bench.close());

const scheduling = () => bench.service.scheduling;
const read = (id: string) => scheduling().tasks.get(bench.ann, id);
const nothing = { fields: {}, trigger: {} };
let made = 0;

/** A published script, of Dev and Prod, in a project that is open to Ann and admins alone. */
async function closedScript(patch = {}) {
  made += 1;
  const { projects, scripts } = scheduling();
  const { caller } = bench.service;
  const { id: project } = await projects.create(caller, {
    name: `Closed ${made}`,
    mode: 'DevProd',
  });
  await projects.addMember(caller, project, bench.ann.userId);
  await bench.sql(`create table closed_${made} (id integer, name varchar, made timestamp)`);
  const text = copyScript().replaceAll('main.copy', `main.closed_${made}`);
  const script = await bench.ready({ project, environment: 'Dev' }, { text, ...patch });
  await scripts.life.submit(bench.ann, script.id, { remarks: '' }, null);
  const published = await scripts.life.publish(bench.ann, script.id, null);
  return { script: published, prod: published.prodTaskId!, dev: published.devTaskId! };
}

test('a task of a script is edited, replaced and removed by whoever may change the script, and nobody else', async () => {
  const { tasks, scripts } = scheduling();
  const { script, prod, dev } = await closedScript();
  const byBob = await refusalOf(scripts.drafts.get(bench.bob, script.id));
  expect(byBob.code).toBe('projectClosed');
  for (const id of [prod, dev]) {
    const before = await read(id);
    const whole = taskInputSchema.parse({
      ...{ name: 'Theirs', kind: 'manual', tables: [], environment: before.environment },
      job: before.job,
    });
    const patch = taskPatchSchema.parse({ name: 'Theirs', runPolicy: { timeout: 5 } });
    const [edit, replace] = [tasks.edit.bind(tasks), tasks.replace.bind(tasks)];
    expect(await refusalOf(edit(bench.bob, id, patch, null))).toEqual(byBob);
    expect(await refusalOf(edit(bench.bob, id, { tags: [{ key: 'a' }] }, null))).toEqual(byBob);
    expect(await refusalOf(replace(bench.bob, id, whole, null))).toEqual(byBob);
    expect(await refusalOf(tasks.remove(bench.bob, id, null, false))).toEqual(byBob);
    expect(await read(id)).toEqual(before);
    expect(await edit(bench.ann, id, patch, null)).toMatchObject({ name: 'Theirs' });
    expect((await refusalOf(tasks.remove(bench.ann, id, null, false))).code).toBe('taskOfScript');
    await edit(bench.service.caller, id, { tags: [{ key: 'a' }] }, null);
  }
});

test('a batch leaves the tasks of closed scripts as they are, and changes the others', async () => {
  const { taskBatches } = scheduling();
  const { script, prod, dev } = await closedScript();
  const plain = await bench.service.task({ name: 'Plain' });
  const [prodBefore, devBefore] = [await read(prod), await read(dev)];
  const fields = { ...nothing, fields: { name: 'Batch' } };
  const recurring = { ...nothing, trigger: { kind: 'recurring', cron: '0 0 5 * * ?' } } as const;
  const entries = [
    { number: script.number, environment: 'Prod', change: fields },
    { number: script.number, environment: 'Dev', change: recurring },
    { number: plain.number, environment: null, change: fields },
  ] as const;
  const results = await taskBatches.update(bench.bob, entries, 'why');
  expect(results.map(({ error }) => error?.code ?? null)).toEqual([
    ...['projectClosed', 'projectClosed', null],
  ]);
  expect([await read(prod), await read(dev)]).toEqual([prodBefore, devBefore]);
  expect((await read(plain.id)).name).toBe('Batch');
  const byAnn = await taskBatches.update(bench.ann, entries, null);
  expect(byAnn.map(({ error }) => error)).toEqual([null, null, null]);
  expect(await read(prod)).toMatchObject({ name: 'Batch', kind: 'recurring' });
  expect(await read(dev)).toMatchObject({ kind: 'recurring', recurrence: { cron: '0 0 5 * * ?' } });
});

test('a removal detaches no task of a closed script; it needs a member for that', async () => {
  const { tasks } = scheduling();
  const before = await bench.service.task({ name: 'Before' });
  const other = await bench.service.task({ name: 'Other', dependsOn: [before.id] });
  const scheduleDependency = { dependsOn: [before.id] };
  const { prod } = await closedScript({ scheduleDependency });
  expect((await refusalOf(tasks.remove(bench.bob, before.id, null, true))).code).toBe(
    'projectClosed',
  );
  expect((await read(other.id)).dependsOn).toEqual([before.id]);
  await tasks.remove(bench.ann, before.id, null, true);
  expect((await read(prod)).dependsOn).toEqual([]);
  expect((await read(other.id)).dependsOn).toEqual([]);
});

test('trigger URLs of a closed script are replaced by its members; runs, pauses and looks stay open', async () => {
  const { tasks, byNumber } = scheduling();
  const { script, prod } = await closedScript();
  const triggered = { kind: 'triggered', recurrence: null } as const;
  const [table] = (await tasks.edit(bench.ann, prod, triggered, null)).tables;
  const { items } = await tasks.triggerUrls(bench.bob, prod);
  expect(items).toMatchObject([{ table: table!.name }]);
  expect((await refusalOf(tasks.rotate(bench.bob, prod, table!.name))).code).toBe('projectClosed');
  expect(await tasks.triggerUrls(bench.bob, prod)).toEqual({ items });
  expect((await tasks.rotate(bench.ann, prod, table!.name)).url).not.toBe(items[0]!.url);
  expect((await tasks.pause(bench.bob, prod)).paused).toBe(true);
  expect((await tasks.resume(bench.bob, prod)).paused).toBe(false);
  expect((await byNumber.task(bench.bob, script.number, 'Prod')).task.id).toBe(prod);
  expect((await refusalOf(byNumber.removeTask(bench.bob, script.number, 'Prod'))).code).toBe(
    'projectClosed',
  );
});
