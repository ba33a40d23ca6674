/** Who a vendor's caller is, by tenant, type and value of its credential. */
import {
  credentialTypes,
  type Caller,
  type TriggerCredential,
  type User,
} from '../../model/people';
import { People } from '../../scheduling/people';
import { firstAdmin, newId, openTestStore, type OpenedStore } from '../store/support/opened';

let opened: OpenedStore;
let people: People;
beforeAll(async () => {
  opened = await openTestStore();
  const settings = { publicUrl: '', filesRoots: [], timezone: 'UTC', dataDir: '' };
  people = new People({ store: opened.store, settings } as unknown as ConstructorParameters<
    typeof People
  >[0]);
});
afterAll(() => opened.close());

interface Person {
  admin: Caller;
  user: User;
  key: string;
}

/** An operator with an account and a key, in a tenant of their own. */
async function person(allowed: boolean, account = 'ada'): Promise<Person> {
  const tenant = `t-${newId().slice(0, 20)}`;
  await opened.store.people.createTenant({ id: tenant, name: 'A tenant' }, firstAdmin(newId()));
  const admin: Caller = { tenant, userId: 'a', name: 'admin', role: 'admin' };
  const user = await people.createUser(admin, {
    ...{ name: 'Ada', role: 'operator', account, identityTriggers: allowed },
  });
  const { secret } = await people.createKey(admin, { userId: user.id, name: 'ci' });
  return { admin, user, key: secret };
}

/** The value that is right for a type. */
const valueOf = ({ user, key }: Person, type: TriggerCredential['type']): string =>
  ({ UID: user.id, ACCOUNT: user.account ?? '', TOKEN: key, APIKEY: key })[type];

test.each(credentialTypes)('AC-06: the right value under %s leads to its user', async (type) => {
  const ada = await person(true);
  const { tenant } = ada.admin;
  const caller = await people.authenticateTrigger({ tenant, type, value: valueOf(ada, type) });
  expect(caller).toMatchObject({ tenant, userId: ada.user.id, name: 'Ada', role: 'operator' });
});

test.each([
  ['UID', ['ACCOUNT', 'TOKEN', 'APIKEY']],
  ['ACCOUNT', ['UID', 'TOKEN', 'APIKEY']],
  ['APIKEY', ['UID', 'ACCOUNT']],
] as const)('AC-08: what is right under %s is not under %p', async (type, others) => {
  const ada = await person(true);
  const { tenant } = ada.admin;
  for (const other of others) {
    const credential = { tenant, type: other, value: valueOf(ada, type) };
    expect(await people.authenticateTrigger(credential)).toBeNull();
  }
});

test('AC-08: where the account of one user is the id of another, the type decides who is meant', async () => {
  const ada = await person(true);
  const { tenant } = ada.admin;
  const bob = await people.createUser(ada.admin, {
    ...{ name: 'Bob', role: 'operator', account: ada.user.id, identityTriggers: true },
  });
  const meant = async (type: 'UID' | 'ACCOUNT') =>
    (await people.authenticateTrigger({ tenant, type, value: ada.user.id }))?.userId;
  expect([await meant('UID'), await meant('ACCOUNT')]).toEqual([ada.user.id, bob.id]);
});

test('UID and ACCOUNT, which are no secrets, lead nowhere until an admin allows it, and keys do', async () => {
  const ada = await person(false);
  const { tenant } = ada.admin;
  const found = (type: TriggerCredential['type']) =>
    people.authenticateTrigger({ tenant, type, value: valueOf(ada, type) });
  const states = async () =>
    Promise.all(credentialTypes.map(async (type) => [type, (await found(type)) !== null]));
  const keysOnly = [
    ...[
      ['UID', false],
      ['TOKEN', true],
    ],
    ...[
      ['ACCOUNT', false],
      ['APIKEY', true],
    ],
  ];
  expect(await states()).toEqual(keysOnly);
  await people.updateUser(ada.admin, ada.user.id, { identityTriggers: true });
  expect(await states()).toEqual(credentialTypes.map((type) => [type, true]));
  await people.updateUser(ada.admin, ada.user.id, { identityTriggers: false });
  expect(await states()).toEqual(keysOnly);
});

test('neither id nor account ever opens the rest of the API', async () => {
  const ada = await person(true);
  expect(await people.authenticate(ada.user.id)).toBeNull();
  expect(await people.authenticate('ada')).toBeNull();
  expect(await people.authenticate(ada.key)).not.toBeNull();
});

test.each(credentialTypes)(
  'AC-07: %s of another tenant, of none, or a wrong one leads nowhere',
  async (type) => {
    const [ada, other] = [await person(true), await person(true, 'eve')];
    const { tenant } = ada.admin;
    const value = valueOf(ada, type);
    for (const credential of [
      { tenant: other.admin.tenant, type, value },
      { tenant: 'nowhere', type, value },
      { tenant, type, value: valueOf(other, type) },
      { tenant, type, value: value.replace(/.$/, (last) => (last === '0' ? '1' : '0')) },
      { tenant, type, value: `${value}0` },
      { tenant, type, value: 'x' },
    ]) {
      expect(await people.authenticateTrigger(credential)).toBeNull();
    }
  },
);

test('a removed user, and a removed key, lead nowhere', async () => {
  const ada = await person(true);
  const { tenant } = ada.admin;
  await people.removeUser(ada.admin, ada.user.id);
  for (const type of credentialTypes) {
    const credential = { tenant, type, value: valueOf(ada, type) };
    expect(await people.authenticateTrigger(credential)).toBeNull();
  }
});

test('who gave a user an account, and allowed it to be named, is in the audit', async () => {
  const ada = await person(false);
  await people.updateUser(ada.admin, ada.user.id, { account: 'lovelace', identityTriggers: true });
  const filter = { target: `user/${ada.user.id}` };
  const { items } = await people.audit(ada.admin, filter, { pageSize: 10, pageToken: null });
  expect(items).toMatchObject([
    {
      ...{ actor: 'admin', action: 'user.edit' },
      detail: {
        before: { account: 'ada', identityTriggers: false },
        after: { account: 'lovelace', identityTriggers: true },
      },
    },
    { action: 'user.create', detail: { account: 'ada', identityTriggers: false } },
  ]);
});

test('ids of users, and keys, have no more characters than a vendor’s header may', async () => {
  const { user, key } = await person(true);
  expect([user.id.length, key.length]).toEqual([32, 32]);
});
