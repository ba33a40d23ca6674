/** Plain tasks with a script: the text is a version, and the task keeps its number. */
import type { Caller } from '../../../model/people';
import type { TaskRead } from '../../../scheduling/scheduling';
import { taskInputSchema, taskPatchSchema } from '../../../model/task';
import { copyScript } from '../../support/sync-script-job';
import { openService, refusalOf, type TestService } from '../support/service';

let service: TestService;
let ann: Caller;
let bob: Caller;

beforeAll(async () => {
  service = await openService();
  await service.store.people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'p' });
  [ann, bob] = [await makeDeveloper('Ann'), await makeDeveloper('Bob')];
  await grant(ann, { read: true, write: true });
});
afterAll(() => service.close());

async function makeDeveloper(name: string): Promise<Caller> {
  const role = 'developer';
  const { id: userId } = await service.scheduling.people.createUser(service.caller, { name, role });
  return { tenant: 'default', userId, name, role };
}

async function grant({ userId }: Caller, sides: { read: boolean; write: boolean }) {
  const connection = 'analysis';
  await service.scheduling.people.setGrant(service.caller, { userId, connection, ...sides });
}

const create = (config: Record<string, unknown>, caller = ann): Promise<TaskRead> =>
  service.scheduling.tasks.create(
    caller,
    taskInputSchema.parse({
      ...{ name: 'Copy', kind: 'manual', tables: ['analysis.main.orders'] },
      job: { type: 'sync-script', config },
    }),
    null,
  );

const edit = (task: { id: string }, caller: Caller, patch: Record<string, unknown>) =>
  service.scheduling.tasks.edit(caller, task.id, taskPatchSchema.parse(patch), null);

const versionOf = (task: TaskRead) =>
  service.store.scripts.version('default', task.id, task.job.config.version as number);

test('DP-25: a task keeps a stored version in place of the text, whatever the length of that', async () => {
  const text = `${copyScript()}${' '.repeat(490_000)}`;
  const task = await create({ script: text, parameters: { day: '$[yyyyMMdd]' } });
  expect(task.job).toEqual({
    type: 'sync-script',
    config: {
      ...{ scriptId: task.id, version: 1, parameters: { day: '$[yyyyMMdd]' } },
      ...{ reads: ['analysis.main.orders'], writes: ['analysis.main.copy'] },
    },
  });
  expect(await versionOf(task)).toMatchObject({ text, author: ann.userId, authorName: 'Ann' });

  const same = await edit(task, ann, { job: { type: 'sync-script', config: { script: text } } });
  expect(same.job.config).toMatchObject({ version: 1 });
  const other = copyScript({ where: 'a > 1' });
  const changed = await edit(task, ann, {
    job: { type: 'sync-script', config: { script: other } },
  });
  expect(changed.job.config).toMatchObject({ version: 2 });
  expect(await versionOf(changed)).toMatchObject({ text: other });
  expect(await versionOf(task)).toMatchObject({ text });
});

test('of edits with one text by one user at once there is one version', async () => {
  const task = await create({ script: copyScript() });
  const job = { type: 'sync-script', config: { script: copyScript({ where: 'a > 1' }) } };
  const edits = await Promise.all(Array.from({ length: 8 }, () => edit(task, ann, { job })));
  expect(edits.map((edited) => edited.job.config.version)).toEqual(Array(8).fill(2));

  const { version: _version, createdAt: _createdAt, ...kept } = (await versionOf(edits[0]!))!;
  const add = (change = {}) => service.store.scripts.addVersion('default', { ...kept, ...change });
  const added = await Promise.all([add(), add(), add(), add()]);
  expect(added.map(({ version }) => version)).toEqual(Array(4).fill(2));
  expect((await add({ author: bob.userId })).version).toBe(3);
  expect((await add()).version).toBe(4);
  expect((await add({ remarks: 'why' })).version).toBe(5);
});

test('what is shown can be sent back, and who changes it is the author from then on', async () => {
  const task = await create({ script: copyScript() });
  const unchanged = await edit(task, bob, { name: 'Renamed', job: task.job });
  expect(unchanged).toMatchObject({ name: 'Renamed', job: task.job });

  const job = { type: 'sync-script', config: { ...task.job.config, parameters: { a: 'b' } } };
  const refused = await refusalOf(edit(task, bob, { job }));
  expect(refused.code).toBe('grantMissing');
  expect(refused.message).toContain('Bob may not read from the connection analysis');
  await grant(bob, { read: true, write: false });
  expect((await refusalOf(edit(task, bob, { job }))).message).toContain('may not write to');
  await grant(bob, { read: true, write: true });
  const taken = await edit(task, bob, { job });
  expect(taken.job.config).toMatchObject({ version: 2, parameters: { a: 'b' } });
  expect(await versionOf(taken)).toMatchObject({ author: bob.userId });

  const strange = { ...task.job.config, scriptId: 'ab'.repeat(16) };
  expect(
    await refusalOf(edit(task, bob, { job: { type: 'sync-script', config: strange } })),
  ).toEqual(
    expect.objectContaining({
      code: 'invalidInput',
      fields: { 'job.config.scriptId': expect.stringContaining('send the text as "script"') },
    }),
  );
  // Nor can another task be made of it, which would run with the grants of its author.
  expect(await refusalOf(create(task.job.config, bob))).toMatchObject({ code: 'invalidInput' });
});

test('DP-24, DP-23: what is no script is refused with the place, before anything is kept', async () => {
  const says = async (config: Record<string, unknown>) => {
    const { code, fields } = await refusalOf(create(config));
    return `${code}: ${fields['job.config.script'] ?? Object.values(fields).join()}`;
  };
  expect(await says({ script: '{' })).toMatch(/^scriptInvalid: line 1, column 2: this is not JSON/);
  expect(await says({ script: '{"job":{"content":[]}}' })).toContain('`job.content`');
  expect(await says({ script: 'x'.repeat(500_001) })).toBe(
    'invalidInput: it has 500001 characters; at most 500000 are allowed',
  );
  expect(await says({})).toContain('it is missing');
  expect(await says({ script: copyScript({ datasource: 'nowhere' }) })).toContain(
    'there is no connection nowhere',
  );
  expect(await says({ script: copyScript({ where: "d = '${day}'" }) })).toContain(
    'nothing is set for ${day}',
  );
  expect(await says({ script: copyScript(), parameters: { day: '$[yyyyMMww]' } })).toContain(
    'a format is made of',
  );
  const forMysql = copyScript().replace('duckdbreader', 'mysqlreader');
  expect(await says({ script: forMysql })).toContain('this reader is for mysql');
});

test('a task that is refused for something else leaves no text behind', async () => {
  const input = taskInputSchema.parse({
    ...{ name: 'Copy', kind: 'recurring', tables: ['analysis.main.orders'] },
    job: { type: 'sync-script', config: { script: copyScript() } },
  });
  const { tasks } = service.scheduling;
  const { id } = await tasks.draft(ann, { tables: [] });
  const refused = tasks.create(ann, { ...input, id }, null);
  expect(await refusalOf(refused)).toMatchObject({ fields: { recurrence: expect.any(String) } });
  expect(await service.store.scripts.version('default', id, 1)).toBeNull();
});

test('DP-31: a script may name tables by a parameter, and several tasks may write one table', async () => {
  const writer = { table: 'main.copy_${day}' };
  const config = { script: copyScript({}, writer), parameters: { day: '$[yyyyMMdd]' } };
  const [one, other] = [await create(config), await create(config)];
  expect(one.job.config.writes).toEqual(['analysis.main.copy_${day}']);
  expect(other.job.config.writes).toEqual(['analysis.main.copy_${day}']);
  const named = {
    script: copyScript({ datasource: '${source}' }),
    parameters: { source: 'analysis' },
  };
  expect((await create(named)).job.config.reads).toEqual(['analysis.main.orders']);
});
