/** Projects and what they are divided into. */
import type { Caller } from '../../model/people';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

const all = { pageSize: 100, pageToken: null };

async function makeDeveloper(name: string): Promise<Caller> {
  const role = 'developer';
  const { id: userId } = await service.scheduling.people.createUser(service.caller, { name, role });
  return { tenant: 'default', userId, name, role };
}

/** The first admin of the tenant, whom the service knows. */
async function makeTenant(): Promise<void> {
  const { people } = service.store;
  await people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'p' });
}

test('DP-03: every tenant begins with the Basic project "default", and others are made in either mode', async () => {
  await makeTenant();
  const { projects } = service.scheduling;
  expect(await projects.get(service.caller, 'default')).toMatchObject({
    ...{ id: 'default', name: 'Default', mode: 'Basic' },
  });
  expect(await projects.workspaces(service.caller, 'default')).toMatchObject({
    items: [{ id: 'default', name: 'default' }],
  });
  const made = await projects.create(service.caller, { name: 'Sales', mode: 'DevProd' });
  expect(made).toMatchObject({ name: 'Sales', mode: 'DevProd' });
  expect(made.id).toMatch(/^[0-9a-f]{32}$/);
  const again = projects.create(service.caller, { name: 'SALES', mode: 'Basic' });
  expect(await refusalOf(again)).toMatchObject({
    code: 'nameTaken',
    fields: { name: 'there is a project "SALES" already' },
  });
  const { items } = await projects.list(service.caller, all);
  expect(items.map(({ name }) => name).toSorted()).toEqual(['Default', 'Sales']);

  const { id } = await projects.createWorkspace(service.caller, made.id, 'West');
  expect(await refusalOf(projects.createWorkspace(service.caller, made.id, 'West'))).toMatchObject({
    code: 'nameTaken',
  });
  await projects.removeWorkspace(service.caller, made.id, id);
  expect(await refusalOf(projects.removeWorkspace(service.caller, made.id, id))).toMatchObject({
    code: 'workspaceNotFound',
  });
  expect(
    await refusalOf(projects.removeWorkspace(service.caller, made.id, 'default')),
  ).toMatchObject({ code: 'workspaceInUse' });
  expect(await refusalOf(projects.remove(service.caller, 'default'))).toMatchObject({
    code: 'projectInUse',
  });
  await projects.remove(service.caller, made.id);
  expect(await refusalOf(projects.get(service.caller, made.id))).toMatchObject({
    code: 'projectNotFound',
  });
});

test('a project is open to all until it has members, then to them and to admins', async () => {
  const { projects } = service.scheduling;
  const [ann, bob] = [await makeDeveloper('Ann'), await makeDeveloper('Bob')];
  const { id, name } = await projects.create(service.caller, { name: 'Closed', mode: 'Basic' });
  expect(await projects.get(bob, id)).toMatchObject({ name });
  expect(await projects.addMember(service.caller, id, ann.userId)).toMatchObject({ name: 'Ann' });
  await projects.addMember(service.caller, id, ann.userId);
  expect(await projects.get(ann, id)).toMatchObject({ name });
  const refusal = await refusalOf(projects.get(bob, id));
  expect(refusal.code).toBe('projectClosed');
  expect(refusal.message).toContain(`/projects/${id}/members/${bob.userId}`);
  const seen = async (caller: Caller) =>
    (await projects.list(caller, all)).items.map((project) => project.name);
  expect(await seen(ann)).toContain('Closed');
  expect(await seen(bob)).not.toContain('Closed');
  expect(await seen(service.caller)).toContain('Closed');
  const refused = projects.directories.create(bob, { project: id, parent: '0', name: 'x' });
  expect((await refusalOf(refused)).code).toBe('projectClosed');
  expect(await refusalOf(projects.addMember(service.caller, id, 'nobody'))).toMatchObject({
    code: 'userNotFound',
  });
  await projects.removeMember(service.caller, id, ann.userId);
  expect(await projects.members(service.caller, id)).toEqual({ items: [] });
  expect(await refusalOf(projects.removeMember(service.caller, id, ann.userId))).toMatchObject({
    code: 'memberNotFound',
  });
  expect(await projects.get(bob, id)).toMatchObject({ name });
});

test('a project whose last member is removed as a user stays closed: an admin takes the place, which the audit tells', async () => {
  const { projects, people } = service.scheduling;
  const [ann, bob] = [await makeDeveloper('Ann of two'), await makeDeveloper('Bob of two')];
  const { id } = await projects.create(service.caller, { name: 'Left', mode: 'Basic' });
  const memberIds = async () =>
    (await projects.members(service.caller, id)).items.map(({ userId }) => userId);
  for (const { userId } of [ann, bob]) await projects.addMember(service.caller, id, userId);
  await people.removeUser(service.caller, ann.userId);
  expect(await memberIds()).toEqual([bob.userId]);
  await people.removeUser(service.caller, bob.userId);
  const [heir] = await memberIds();
  expect((await people.user(service.caller, heir!)).role).toBe('admin');
  const cleo = await makeDeveloper('Cleo');
  expect((await refusalOf(projects.get(cleo, id))).code).toBe('projectClosed');
  const about = { target: `project/${id}`, actor: null, action: null, from: null, to: null };
  const { items } = await people.audit(service.caller, about, all);
  expect(items[0]).toMatchObject({ action: 'project.addMember', detail: { userId: heir } });
});

test('DP-14: directories are made, renamed, moved and removed while empty, and never lie inside themselves', async () => {
  const { caller } = service;
  const { directories } = service.scheduling.projects;
  const make = (name: string, parent = '0') =>
    directories.create(caller, { project: 'default', parent, name });
  const sales = await make('Sales');
  const west = await make('West', sales.id);
  expect(west).toMatchObject({ project: 'default', parent: sales.id, name: 'West' });
  expect((await directories.list(caller, 'default')).items.map(({ name }) => name)).toEqual([
    'Sales',
    'West',
  ]);
  expect(await refusalOf(make('West', sales.id))).toMatchObject({ code: 'nameTaken' });
  expect(await refusalOf(make('x', '0'.repeat(32)))).toMatchObject({
    code: 'directoryNotFound',
    fields: { parent: 'there is no such directory in the project' },
  });
  expect(await refusalOf(directories.change(caller, sales.id, { parent: west.id }))).toMatchObject({
    code: 'invalidInput',
    fields: { parent: 'a directory cannot lie inside itself' },
  });
  expect(await directories.change(caller, west.id, { name: 'East', parent: '0' })).toMatchObject({
    ...{ name: 'East', parent: '0' },
  });
  let deepest = west.id;
  for (let depth = 2; depth <= 10; depth += 1) deepest = (await make(`d${depth}`, deepest)).id;
  expect(await refusalOf(make('d11', deepest))).toMatchObject({
    fields: { parent: 'directories may be nested at most 10 deep' },
  });
  expect(await refusalOf(directories.change(caller, west.id, { parent: sales.id }))).toMatchObject({
    fields: { parent: 'directories may be nested at most 10 deep' },
  });
  expect(await refusalOf(directories.remove(caller, west.id))).toMatchObject({
    code: 'directoryInUse',
  });
  await directories.remove(caller, sales.id);
  expect(await refusalOf(directories.get(caller, sales.id))).toMatchObject({
    code: 'directoryNotFound',
  });
  const stranger = { ...caller, tenant: 'other' };
  expect(await refusalOf(directories.get(stranger, west.id))).toMatchObject({
    code: 'directoryNotFound',
  });
});
