/** Accounts of users, and who may be named without a key. */
import type { User } from '../../model/people';
import { firstAdmin, newId, openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const newTenant = async (): Promise<string> => {
  const tenant = { id: `t-${newId().slice(0, 20)}`, name: 'A tenant' };
  return (await opened.store.people.createTenant(tenant, firstAdmin(newId()))).id;
};

const newUser = (tenant: string, account?: string | null): Promise<User> =>
  opened.store.people.createUser(tenant, { id: newId(), name: 'Ada', role: 'operator', account });

test('a user has no account and may not be named without a key unless that was said', async () => {
  const { people } = opened.store;
  const tenant = await newTenant();
  expect(await newUser(tenant)).toMatchObject({ account: null, identityTriggers: false });
  const named = await people.createUser(tenant, {
    ...{ id: newId(), name: 'Bob', role: 'viewer' },
    ...{ account: 'bob', identityTriggers: true },
  });
  expect(named).toMatchObject({ account: 'bob', identityTriggers: true });
  expect(await people.findUser(tenant, named.id)).toEqual(named);
  expect((await people.users(tenant, { pageSize: 1, pageToken: null })).items).toEqual([named]);
});

test('an account leads to its user, letter by letter and in its own tenant only', async () => {
  const { people } = opened.store;
  const [north, south] = [await newTenant(), await newTenant()];
  const ada = await newUser(north, 'ada');
  const other = await newUser(south, 'ada');
  expect(await people.findByAccount(north, 'ada')).toEqual(ada);
  expect(await people.findByAccount(south, 'ada')).toEqual(other);
  for (const account of ['Ada', 'ada ', '', ada.id]) {
    expect(await people.findByAccount(north, account)).toBeNull();
  }
});

test('two users of a tenant never have one account, by creating, by changing or in a race', async () => {
  const { people } = opened.store;
  const tenant = await newTenant();
  const ada = await newUser(tenant, 'ada');
  const bob = await newUser(tenant);
  const taken = { code: 'nameTaken', fields: [{ path: 'account' }] };
  await expect(newUser(tenant, 'ada')).rejects.toMatchObject(taken);
  await expect(people.updateUser(tenant, bob.id, { account: 'ada' })).rejects.toMatchObject(taken);
  expect(await people.findUser(tenant, bob.id)).toEqual(bob);
  expect(await people.updateUser(tenant, ada.id, { account: 'ada' })).toEqual(ada);
  const race = await Promise.allSettled(Array.from({ length: 6 }, () => newUser(tenant, 'eve')));
  expect(race.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('an account that was given up is free again, and no account is no name', async () => {
  const { people } = opened.store;
  const tenant = await newTenant();
  const ada = await newUser(tenant, 'ada');
  const cleared = await people.updateUser(tenant, ada.id, { account: null });
  expect(cleared).toEqual({ ...ada, account: null });
  expect(await newUser(tenant, 'ada')).toMatchObject({ account: 'ada' });
  expect(await newUser(tenant, null)).toMatchObject({ account: null });
});

test('a change leaves alone what it does not name', async () => {
  const { people } = opened.store;
  const tenant = await newTenant();
  const ada = await newUser(tenant, 'ada');
  const allowed = await people.updateUser(tenant, ada.id, { identityTriggers: true });
  expect(allowed).toEqual({ ...ada, identityTriggers: true });
  expect(await people.updateUser(tenant, ada.id, {})).toEqual(allowed);
  expect(await people.updateUser(tenant, ada.id, { name: 'Ada L' })).toEqual({
    ...allowed,
    name: 'Ada L',
  });
});
