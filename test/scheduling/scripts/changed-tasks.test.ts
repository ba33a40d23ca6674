/** Tasks of scripts that have been changed on the task itself, and what the script says of that. */
import type { TaskChange } from '../../../model/task-change';
import { copyScript } from '../../support/sync-script-job';
import { openScriptBench, type ScriptBench } from '../support/scripts';

let bench: ScriptBench;
beforeAll(async () => {
  bench = await openScriptBench();
});
afterAll(() => bench.close());

const scripts = () => bench.service.scheduling.scripts;
const differing = async ({ id }: { id: string }) =>
  (await scripts().drafts.get(bench.ann, id)).taskDiffers;

test('a script names the settings of its task of production that the next publication puts back', async () => {
  const { taskBatches, tasks } = bench.service.scheduling;
  const before = await bench.service.task({ name: 'Before' });
  const script = await bench.ready(
    { project: bench.devProd.id, environment: 'Dev' },
    {
      basicInformation: { description: 'copies' },
      scheduleConfiguration: {
        ...{ timezone: 'Europe/Berlin' },
        recurrence: {
          ...{ cron: '0 0 5 * * ?', startTime: '2026-01-01T00:00:00', endTime: null },
          ...{ mode: 'normal', catchUp: 'latest' },
        },
      },
      scheduleDependency: { dependsOn: [before.id] },
    },
  );
  expect(script.taskDiffers).toEqual([]);
  await scripts().life.submit(bench.ann, script.id, { remarks: '' }, null);
  const published = await scripts().life.publish(bench.ann, script.id, null);
  expect(published.taskDiffers).toEqual([]);
  expect(await differing(script)).toEqual([]);

  const change = (environment: 'Dev' | 'Prod', what: Partial<TaskChange>) =>
    taskBatches.update(
      bench.ann,
      [{ number: script.number, environment, change: { fields: {}, trigger: {}, ...what } }],
      null,
    );
  // What the script says nothing of, and the task of development, are nobody's difference.
  await change('Dev', { fields: { owner: '1000' } });
  await change('Prod', { fields: { tags: [{ key: 'a' }], runtimeResource: { cu: '0.5' } } });
  expect(await differing(script)).toEqual([]);
  await change('Prod', {
    fields: { owner: '1000', runPolicy: { timeout: 7_200, rerunTimes: 2 } },
    trigger: { cron: '0 0 6 * * ?' },
  });
  const names = ['owner', 'runPolicy.timeout', 'runPolicy.rerunTimes', 'recurrence'];
  const seen = await differing(script);
  expect(seen).toHaveLength(names.length);
  expect(seen).toEqual(expect.arrayContaining(names));
  // A draft that has gone on is no difference of the task.
  expect((await bench.save(script, { runConfiguration: { timeout: 5 } })).taskDiffers).toEqual(
    seen,
  );

  const again = await scripts().life.publish(bench.ann, script.id, null);
  expect(again.taskDiffers).toEqual([]);
  expect(await tasks.get(bench.ann, published.prodTaskId!)).toMatchObject({
    ...{ owner: 'Ann', recurrence: { cron: '0 0 5 * * ?' }, runPolicy: { timeout: 600 } },
    ...{ tags: [{ key: 'a' }], runtimeResource: { cu: '0.5' } },
  });
  expect((await scripts().life.unpublish(bench.ann, script.id, false)).taskDiffers).toEqual([]);
});

test('a script that was renamed, or comes after one that was published anew, says so too', async () => {
  const { life } = scripts();
  const copyInto = (table: string) => copyScript().replaceAll('main.copy', `main.${table}`);
  await bench.sql('create table renamed (id integer, name varchar, made timestamp)');
  await bench.sql('create table downstream (id integer, name varchar, made timestamp)');
  const upstream = await bench.ready({}, { text: copyInto('renamed') });
  await life.submit(bench.ann, upstream.id, { remarks: '' }, null);
  const scheduleDependency = { dependsOn: [upstream.id] };
  const script = await bench.ready({}, { text: copyInto('downstream'), scheduleDependency });
  await life.submit(bench.ann, script.id, { remarks: '' }, null);

  expect((await bench.save(upstream, { name: 'Another' })).taskDiffers).toEqual(['name']);
  const again = await life.submit(bench.ann, upstream.id, { remarks: '' }, null);
  expect(again).toMatchObject({ version: 1, script: { taskDiffers: [] } });

  await life.unpublish(bench.ann, upstream.id, true);
  expect(await differing(script)).toEqual([]);
  await life.submit(bench.ann, upstream.id, { remarks: '' }, null);
  expect(await differing(script)).toEqual(['dependsOn']);
});
