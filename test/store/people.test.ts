import { Client } from 'pg';
import type { Role, User } from '../../model/people';
import { firstAdmin, newId, openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const all = { pageSize: 1000, pageToken: null };

async function makeTenant(): Promise<string> {
  const { id } = await opened.store.people.createTenant(
    { id: `t-${newId()}`, name: 'A tenant' },
    firstAdmin(newId()),
  );
  return id;
}

const makeUser = (tenant: string, role: Role): Promise<User> =>
  opened.store.people.createUser(tenant, { id: newId(), name: `a ${role}`, role });

async function makeKey(tenant: string, userId: string) {
  const key = { id: newId(), userId, name: 'laptop', prefix: 'tg_ab', digest: newId() };
  return { ...(await opened.store.people.createKey(tenant, key)), digest: key.digest };
}

async function query(text: string, values: unknown[]): Promise<void> {
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

describe('an installation', () => {
  test('starts with one tenant, one admin and that admin’s key, however many start it', async () => {
    const fresh = await openTestStore();
    const { people } = fresh.store;
    await Promise.all(
      Array.from({ length: 8 }, (_, nr) => people.ensureFirst(firstAdmin(`digest-${nr}`))),
    );
    const [tenants, users, keys] = await Promise.all([
      people.tenants(),
      people.users('default', all),
      people.keys('default', all),
    ]);
    expect(tenants).toMatchObject([{ id: 'default', name: 'Default' }]);
    expect(users.items).toMatchObject([{ name: 'admin', role: 'admin' }]);
    expect(users.items[0]?.id).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.items).toMatchObject([{ userId: users.items[0]?.id, prefix: 'tg_12' }]);
    const found = await Promise.all(
      Array.from({ length: 8 }, (_, nr) => people.findByKeyDigest(`digest-${nr}`)),
    );
    expect(found.filter((caller) => caller !== null)).toHaveLength(1);
    await fresh.close();
  });

  test('does not bring back the first key at the next start once it was removed', async () => {
    const fresh = await openTestStore();
    const { people } = fresh.store;
    await people.ensureFirst(firstAdmin('digest'));
    const [key] = (await people.keys('default', all)).items;
    const other = { id: newId(), userId: key!.userId, name: 'b', prefix: 'p', digest: newId() };
    await people.createKey('default', other);
    expect(await people.removeKey('default', key!.id)).toBe(true);
    await people.ensureFirst(firstAdmin('digest'));
    expect(await people.findByKeyDigest('digest')).toBeNull();
    await fresh.close();
  });
});

describe('tenants and users', () => {
  test('with an id that is taken are refused', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    const user = await makeUser(tenant, 'viewer');
    await expect(
      people.createTenant({ id: tenant, name: 'x' }, firstAdmin(newId())),
    ).rejects.toMatchObject({
      code: 'idTaken',
    });
    await expect(people.createUser(tenant, { ...user, name: 'x' })).rejects.toMatchObject({
      code: 'idTaken',
    });
    expect(await people.findUser(tenant, user.id)).toEqual(user);
  });

  test('of a tenant that is not there are refused', async () => {
    await expect(makeUser('nowhere', 'viewer')).rejects.toMatchObject({ code: 'tenantNotFound' });
  });

  test('change only in what is sent', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    await makeUser(tenant, 'admin');
    const user = await makeUser(tenant, 'admin');
    expect(await people.updateUser(tenant, user.id, {})).toEqual(user);
    expect(await people.updateUser(tenant, user.id, { name: 'New' })).toEqual({
      ...user,
      name: 'New',
    });
    expect(await people.updateUser(tenant, user.id, { role: 'viewer' })).toEqual({
      ...user,
      name: 'New',
      role: 'viewer',
    });
    expect(await people.updateUser('default', user.id, { name: 'x' })).toBeNull();
    expect(await people.findUser('default', user.id)).toBeNull();
  });
});

describe('the last admin of a tenant', () => {
  test('can be neither removed nor given another role, whatever other tenants have', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    await makeUser(await makeTenant(), 'admin');
    const [admin] = (await people.users(tenant, all)).items as [User];
    const developer = await makeUser(tenant, 'developer');
    await expect(people.removeUser(tenant, admin.id)).rejects.toMatchObject({ code: 'lastAdmin' });
    await expect(people.updateUser(tenant, admin.id, { role: 'viewer' })).rejects.toMatchObject({
      code: 'lastAdmin',
    });
    expect(await people.findUser(tenant, admin.id)).toEqual(admin);
    expect(await people.updateUser(tenant, admin.id, { role: 'admin' })).toEqual(admin);
    expect(await people.removeUser(tenant, developer.id)).toEqual({ takenOver: [] });
    expect(await people.removeUser(tenant, developer.id)).toBeNull();
  });

  test('is left when all admins are removed or demoted at once', async () => {
    const { people } = opened.store;
    for (let round = 0; round < 10; round += 1) {
      const tenant = await makeTenant();
      await Promise.all(Array.from({ length: 4 }, () => makeUser(tenant, 'admin')));
      const admins = (await people.users(tenant, all)).items;
      const outcomes = await Promise.allSettled(
        admins.map(({ id }, nr) =>
          nr % 2 === 0
            ? people.removeUser(tenant, id)
            : people.updateUser(tenant, id, { role: 'viewer' }),
        ),
      );
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'lastAdmin' } }]);
      const { items } = await people.users(tenant, all);
      expect(items.filter((user) => user.role === 'admin')).toHaveLength(1);
    }
  });
});

describe('the last key of all admins', () => {
  test('cannot be removed, so that nobody is locked out', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    const developer = await makeUser(tenant, 'developer');
    await makeKey(tenant, developer.id);
    const [first] = (await people.keys(tenant, all)).items.filter(
      (key) => key.userId !== developer.id,
    );
    await expect(people.removeKey(tenant, first!.id)).rejects.toMatchObject({ code: 'lastAdmin' });
    const second = await makeKey(tenant, first!.userId);
    const outcomes = await Promise.allSettled(
      [first!.id, second.id].map((id) => people.removeKey(tenant, id)),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1);
  });
});

describe('a key', () => {
  test('leads to its user until it is removed, by its own tenant', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    const user = await makeUser(tenant, 'operator');
    const key = await makeKey(tenant, user.id);
    expect(await people.findByKeyDigest(key.digest)).toEqual({ tenant, keyId: key.id, user });
    expect(await people.removeKey('default', key.id)).toBe(false);
    expect(await people.removeKey(tenant, key.id)).toBe(true);
    expect(await people.findByKeyDigest(key.digest)).toBeNull();
  });

  test('goes with its user, and so do the grants', async () => {
    const { people, sources } = opened.store;
    const tenant = await makeTenant();
    const user = await makeUser(tenant, 'operator');
    const key = await makeKey(tenant, user.id);
    const row = { tenant, name: 'crm', type: 'files', config: {}, secrets: null };
    await sources.createConnection(row, null);
    await people.setGrant(tenant, { userId: user.id, connection: 'crm', read: true, write: true });
    expect(await people.removeUser(tenant, user.id)).not.toBeNull();
    expect(await people.findByKeyDigest(key.digest)).toBeNull();
    expect(await people.grants(tenant, user.id)).toEqual([]);
  });

  test('of a user who is not there is refused', async () => {
    const tenant = await makeTenant();
    await expect(makeKey(tenant, newId())).rejects.toMatchObject({ code: 'userNotFound' });
  });

  test('has its use noted, at most once a minute', async () => {
    const { people } = opened.store;
    const tenant = await makeTenant();
    const user = await makeUser(tenant, 'operator');
    const { digest, id } = await makeKey(tenant, user.id);
    const lastUse = async () => (await people.keys(tenant, all)).items[0]?.lastUsedAt;
    expect(await lastUse()).toBeNull();
    await people.findByKeyDigest(digest);
    const first = await lastUse();
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    await people.findByKeyDigest(digest);
    expect(await lastUse()).toBe(first);
    const age = `update tablegate.keys set last_used_at = now() - interval '61 seconds' where id = $1`;
    await query(age, [id]);
    const aged = await lastUse();
    await people.findByKeyDigest(digest);
    expect(Date.parse((await lastUse())!)).toBeGreaterThan(Date.parse(aged!));
  });
});

describe('a grant', () => {
  test('is one per user and connection, and goes with the connection', async () => {
    const { people, sources } = opened.store;
    const tenant = await makeTenant();
    const { id: userId } = await makeUser(tenant, 'developer');
    for (const name of ['b', 'a']) {
      await sources.createConnection(
        { tenant, name, type: 'files', config: {}, secrets: null },
        null,
      );
      await people.setGrant(tenant, { userId, connection: name, read: true, write: false });
    }
    await people.setGrant(tenant, { userId, connection: 'b', read: false, write: true });
    expect(await people.grants(tenant, userId)).toEqual([
      { userId, connection: 'a', read: true, write: false },
      { userId, connection: 'b', read: false, write: true },
    ]);
    expect(await people.removeGrant(tenant, userId, 'a')).toBe(true);
    expect(await people.removeGrant(tenant, userId, 'a')).toBe(false);
    await sources.removeConnection(tenant, 'b');
    expect(await people.grants(tenant, userId)).toEqual([]);
  });

  test('for a user or a connection that is not there is refused', async () => {
    const { people, sources } = opened.store;
    const tenant = await makeTenant();
    const { id: userId } = await makeUser(tenant, 'developer');
    const grant = { userId, connection: 'crm', read: true, write: true };
    await expect(people.setGrant(tenant, grant)).rejects.toMatchObject({
      code: 'connectionNotFound',
    });
    await sources.createConnection(
      { tenant, name: 'crm', type: 'f', config: {}, secrets: null },
      null,
    );
    await expect(people.setGrant(tenant, { ...grant, userId: newId() })).rejects.toMatchObject({
      code: 'userNotFound',
    });
  });
});
