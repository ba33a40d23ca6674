import { Client } from 'pg';
import { firstAdmin, newId, openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

/** A user with a key, in a tenant of their own. */
async function keyHolder() {
  const { people } = opened.store;
  const { id: tenant } = await people.createTenant(
    { id: `t-${newId()}`, name: 'A tenant' },
    firstAdmin(newId()),
  );
  const user = await people.createUser(tenant, { id: newId(), name: 'Ada', role: 'operator' });
  const key = { id: newId(), userId: user.id, name: 'laptop', prefix: 'tg_ab', digest: newId() };
  await people.createKey(tenant, key);
  return { holder: { tenant, keyId: key.id }, user };
}

async function begun() {
  const { holder, user } = await keyHolder();
  const digest = newId();
  expect(await opened.store.sessions.begin(holder, digest)).toBe(true);
  return { holder, user, digest };
}

const find = (digest: string, isUse = false) => opened.store.sessions.find(digest, { isUse });

/** Lets time pass for one session: its times are so much further back. */
async function passed(digest: string, column: 'created_at' | 'last_used_at', time: string) {
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(
    `update tablegate.sessions set ${column} = ${column} - $2::interval where digest = $1`,
    [digest, time],
  );
  await client.end();
}

test('a session leads to its user as that is now', async () => {
  const { holder, user, digest } = await begun();
  const { id, name } = user;
  expect(await find(digest)).toMatchObject({ ...holder, user: { id, name, role: 'operator' } });
  await opened.store.people.updateUser(holder.tenant, id, { role: 'viewer' });
  expect((await find(digest))?.user.role).toBe('viewer');
  expect(await find(newId())).toBeNull();
});

test('a session lasts 12 hours without use and 30 days with it', async () => {
  const { digest } = await begun();
  const left = async (isUse = false) =>
    Date.parse((await find(digest, isUse))!.expiresAt) - Date.now();
  const hours = 3_600_000;
  expect((await left()) / hours).toBeCloseTo(12, 1);
  await passed(digest, 'last_used_at', '11 hours');
  expect((await left(true)) / hours).toBeCloseTo(1, 1);
  expect((await left()) / hours).toBeCloseTo(12, 1);
  await passed(digest, 'created_at', '29 days 23 hours');
  expect((await left()) / hours).toBeCloseTo(1, 1);
  await passed(digest, 'created_at', '1 hour');
  expect(await find(digest, true)).toBeNull();
});

test('a session that nobody has used for 12 hours has ended', async () => {
  const { digest } = await begun();
  await passed(digest, 'last_used_at', '12 hours');
  expect(await find(digest, true)).toBeNull();
  expect(await find(digest)).toBeNull();
});

test('looking at a session is no use of it', async () => {
  const { digest } = await begun();
  await passed(digest, 'last_used_at', '2 hours');
  const before = await find(digest);
  expect(await find(digest)).toEqual(before);
});

test('a session ends with its key, with its user, and when it is ended', async () => {
  const { people, sessions } = opened.store;
  const byKey = await begun();
  await people.removeKey(byKey.holder.tenant, byKey.holder.keyId);
  const byUser = await begun();
  await people.removeUser(byUser.holder.tenant, byUser.user.id);
  const byHand = await begun();
  await sessions.end(byHand.digest);
  for (const { digest } of [byKey, byUser, byHand]) expect(await find(digest)).toBeNull();
});

test('nothing begins with a key that was removed meanwhile', async () => {
  const { people, sessions } = opened.store;
  const { holder } = await keyHolder();
  await people.removeKey(holder.tenant, holder.keyId);
  expect(await sessions.begin(holder, newId())).toBe(false);
  expect(await sessions.makeCode(holder, newId())).toBeNull();
});

test('a code is taken once, of many who come with it at the same time', async () => {
  const { sessions } = opened.store;
  const { holder } = await keyHolder();
  const digest = newId();
  const made = await sessions.makeCode(holder, digest);
  const minutes = (Date.parse(made!.expiresAt) - Date.now()) / 60_000;
  expect(minutes).toBeGreaterThan(8);
  expect(minutes).toBeLessThan(10.1);
  const taken = await Promise.all(Array.from({ length: 5 }, () => sessions.takeCode(digest)));
  expect(taken.filter((one) => one !== null)).toEqual([holder]);
});

test('a code that is too old, or whose key is gone, is not good', async () => {
  const { people, sessions } = opened.store;
  const { holder } = await keyHolder();
  const [old, keyless] = [newId(), newId()];
  await sessions.makeCode(holder, old);
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query('update tablegate.sign_in_codes set expires_at = now() where digest = $1', [
    old,
  ]);
  await client.end();
  expect(await sessions.takeCode(old)).toBeNull();
  await sessions.makeCode(holder, keyless);
  await people.removeKey(holder.tenant, holder.keyId);
  expect(await sessions.takeCode(keyless)).toBeNull();
});

test('sessions and codes that have ended are cleared away by new ones', async () => {
  const { sessions } = opened.store;
  const { holder, digest } = await begun();
  const code = newId();
  await sessions.makeCode(holder, code);
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  await client.query(`update tablegate.sign_in_codes set expires_at = now()`);
  await passed(digest, 'last_used_at', '13 hours');
  await sessions.begin(holder, newId());
  await sessions.makeCode(holder, newId());
  const { rows } = await client.query(
    `select digest from tablegate.sessions where digest = $1
      union all select digest from tablegate.sign_in_codes where digest = $2`,
    [digest, code],
  );
  await client.end();
  expect(rows).toEqual([]);
});
