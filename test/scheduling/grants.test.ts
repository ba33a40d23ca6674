/** Who may read and write through which connection. */
import type { Caller, Role } from '../../model/people';
import { definitionOf, factsOf } from '../../model/catalogue/collected';
import { alivePolicyOf } from '../../model/catalogue/policies';
import { profileValues } from '../../model/catalogue/profile';
import { firstAdmin } from '../../scheduling/first-steps';
import { mayUse } from '../../activities/may-use';
import { requireGrant } from '../../scheduling/grants';
import { admin, openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
  await service.store.people.ensureFirst(firstAdmin('admin.key', 'a key of some length'));
});
afterAll(() => service.close());

const all = { pageSize: 100, pageToken: null };

async function makeUser(role: Role): Promise<Caller> {
  const user = await service.scheduling.people.createUser(admin, { name: `Bo (${role})`, role });
  return { tenant: 'default', userId: user.id, name: user.name, role };
}

let made = 0;

async function makeConnection(maker: Caller): Promise<string> {
  made += 1;
  const input = { name: `made_${made}`, type: 'duckdb', config: { path: `made_${made}.duckdb` } };
  return (await service.scheduling.sources.createConnection(maker, input)).name;
}

const namesFor = async (caller: Caller, grant: 'read' | 'write' | null) => {
  const filter = { type: null, grant };
  const { items } = await service.scheduling.sources.connections(caller, filter, all);
  return items.map(({ name }) => name);
};

test('DP-16, DP-18: whoever makes a connection may read and write it, and others may not', async () => {
  const [maker, other] = [await makeUser('developer'), await makeUser('developer')];
  const name = await makeConnection(maker);
  for (const side of ['read', 'write'] as const) {
    await expect(requireGrant(service.store, maker, name, side)).resolves.toBeUndefined();
    await expect(requireGrant(service.store, admin, name, side)).resolves.toBeUndefined();
    const refusal = await refusalOf(requireGrant(service.store, other, name, side));
    expect(refusal.code).toBe('grantMissing');
    const way = side === 'read' ? 'read from' : 'write to';
    expect(refusal.message).toContain(`Bo (developer) may not ${way} the connection ${name}`);
    expect(refusal.message).toContain(`PUT /api/v1/users/${other.userId}/grants/${name} `);
  }
});

test('DP-16, DP-18: a grant to read is none to write, and the refusal keeps what there is', async () => {
  const user = await makeUser('operator');
  const name = await makeConnection(admin);
  const grant = { userId: user.userId, connection: name, read: true, write: false };
  await service.scheduling.people.setGrant(admin, grant);
  await requireGrant(service.store, user, name, 'read');
  const { message } = await refusalOf(requireGrant(service.store, user, name, 'write'));
  expect(message).toContain('{"read":true,"write":true}');
  await service.scheduling.people.removeGrant(admin, user.userId, name);
  const { code } = await refusalOf(requireGrant(service.store, user, name, 'read'));
  expect(code).toBe('grantMissing');
});

test('a refusal names admins who can grant what is missing', async () => {
  const user = await makeUser('viewer');
  const boss = await makeUser('admin');
  const name = await makeConnection(admin);
  const { message } = await refusalOf(requireGrant(service.store, user, name, 'read'));
  expect(message).toContain(`ask an admin (admin, ${boss.name})`);
});

test('a connection that is not there is refused as such', async () => {
  const user = await makeUser('developer');
  const { code } = await refusalOf(requireGrant(service.store, user, 'absent', 'read'));
  expect(code).toBe('connectionNotFound');
});

test('DP-15, DP-16, DP-17, DP-18: pickers are offered what the user may read, or write, of one kind', async () => {
  const user = await makeUser('developer');
  const [readable, writable] = [await makeConnection(admin), await makeConnection(admin)];
  const { people, sources } = service.scheduling;
  const set = (connection: string, read: boolean, write: boolean) =>
    people.setGrant(admin, { userId: user.userId, connection, read, write });
  await set(readable, true, false);
  await set(writable, false, true);
  expect(await namesFor(user, 'read')).toEqual([readable]);
  expect(await namesFor(user, 'write')).toEqual([writable]);
  expect(await namesFor(user, null)).toEqual(await namesFor(admin, 'read'));
  const { items } = await sources.connections(user, { type: 'files', grant: null }, all);
  expect(items).toEqual([]);
  expect(await sources.connection(user, readable)).toMatchObject({
    ...{ mayRead: true, mayWrite: false },
  });
  expect(await sources.connection(admin, readable)).toMatchObject({
    ...{ mayRead: true, mayWrite: true },
  });
});

test('DP-01: who has no connection to read from or to write to is offered none', async () => {
  const user = await makeUser('developer');
  await makeConnection(admin);
  expect([await namesFor(user, 'read'), await namesFor(user, 'write')]).toEqual([[], []]);
});

test('a list of what may be read is paged without what may not', async () => {
  const user = await makeUser('developer');
  const mine = [await makeConnection(user), await makeConnection(user), await makeConnection(user)];
  await makeConnection(admin);
  const filter = { type: 'duckdb', grant: 'read' as const };
  const { sources } = service.scheduling;
  const first = await sources.connections(user, filter, { pageSize: 2, pageToken: null });
  const rest = { pageSize: 2, pageToken: first.nextPageToken };
  const second = await sources.connections(user, filter, rest);
  const names = [...first.items, ...second.items].map(({ name }) => name);
  expect(names).toEqual(mine.toReversed());
  expect(second.nextPageToken).toBeNull();
});

test('whether a user may is asked of the grants and the role of now', async () => {
  const user = await makeUser('developer');
  const name = await makeConnection(user);
  const may = (side: 'read' | 'write') => mayUse(service.store, 'default', user.userId, name, side);
  expect(await may('write')).toBe(true);
  const { people } = service.scheduling;
  await people.setGrant(admin, { userId: user.userId, connection: name, read: true, write: false });
  expect([await may('read'), await may('write')]).toEqual([true, false]);
  await people.updateUser(admin, user.userId, { role: 'admin' });
  expect(await may('write')).toBe(true);
  await people.updateUser(admin, user.userId, { role: 'developer' });
  await people.removeUser(admin, user.userId);
  expect(await may('read')).toBe(false);
});

test('the catalogue shows everybody what there is, and values only to those who may read', async () => {
  const [maker, viewer] = [await makeUser('developer'), await makeUser('viewer')];
  const connection = await makeConnection(maker);
  const { catalogue } = service.scheduling;
  const column = { name: 'level', type: 'INTEGER', comment: null, nullable: true, default: null };
  const definition = definitionOf({ kind: 'table', columns: [column] });
  await service.store.catalogue.collect(
    { tenant: 'default', connection, taskId: 'a'.repeat(32), runId: 'b'.repeat(32) },
    [{ schema: 'main', table: 'levels', definition, facts: factsOf({ rows: 3 }) }],
    alivePolicyOf('3'),
  );
  const name = `${connection}.main.levels`;
  const level = profileValues('INTEGER', ['7001', '7001', '7002', null], 4);
  const profile = { method: 'sample' as const, at: new Date().toISOString(), rows: 4 };
  await service.store.catalogue.keepProfiles('default', [
    { name, classes: null, profile: { ...profile, columns: { level } } },
  ]);
  const told = async (caller: Caller): Promise<boolean> => {
    const read = await catalogue.table(caller, name);
    const seen = JSON.stringify(read);
    expect(read.columns).toMatchObject([
      { name: 'level', profile: { distinct: 2, nullShare: 0.25 } },
    ]);
    const edited = JSON.stringify(await catalogue.edit(caller, name, { tags: ['gold'] }));
    const filter = { schema: null, kind: null, class: null, tag: null, owner: null, deleted: null };
    const texts = [seen, edited];
    for (const format of ['json', 'csv'] as const) {
      let file = '';
      const pieces = catalogue.export(caller, { ...filter, connection }, format);
      for await (const piece of pieces) file += piece;
      texts.push(file);
    }
    // All surfaces agree, and so does what the answer says of itself.
    for (const text of texts) expect(text.includes('7001')).toBe(read.mayRead);
    return read.mayRead;
  };
  expect(await told(admin)).toBe(true);
  expect(await told(maker)).toBe(true);
  expect(await told(viewer)).toBe(false);
  const grant = { userId: viewer.userId, connection, read: false, write: true };
  await service.scheduling.people.setGrant(admin, grant);
  expect(await told(viewer)).toBe(false);
  await service.scheduling.people.setGrant(admin, { ...grant, read: true });
  expect(await told(viewer)).toBe(true);
});
