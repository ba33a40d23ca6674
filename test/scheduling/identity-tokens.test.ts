/** Tokens of the identity service: what they hold, how long, and what ends them. */
import type { Key, User } from '../../model/people';
import { Identity } from '../../scheduling/dataarts/identity';
import type { AccessKeyService, IdentityClaim, ProjectService } from '../../scheduling/scheduling';
import { Secrets } from '../../store/secrets';
import type { Store } from '../../store/store';
import { at, callerOf } from '../support/samples';

const ada = { id: 'u1', name: 'Ada', role: 'developer' as User['role'] };
const key = 'tgk_good';

/** A service over people and keys that the test may take away. */
function identityOf({ secret = 'secret', project = 'p1' } = {}) {
  const state = { user: { ...ada }, keys: new Set<Key['id']>(['k1']), accessKeys: new Set(['a1']) };
  const secrets = new Secrets(secret);
  const store = {
    people: {
      tenants: () => Promise.resolve([{ id: 'default', name: 'Default Inc', createdAt: at }]),
      findByKeyId: (tenant: string, id: string) =>
        Promise.resolve(tenant === 'default' && state.keys.has(id) ? state.user : null),
    },
    audit: { writeAll: () => Promise.resolve() },
  } as unknown as Store;
  const people = {
    authenticate: (sent: string) =>
      Promise.resolve(
        sent === key
          ? { ...callerOf('developer'), userId: ada.id, name: ada.name, keyId: 'k1' }
          : null,
      ),
  };
  const accessKeys = {
    secretOf: (id: string) =>
      Promise.resolve(
        state.accessKeys.has(id) ? { secret: 's3', caller: callerOf('operator') } : null,
      ),
    noteUse: () => Promise.resolve(),
  } as unknown as AccessKeyService;
  const made = { id: project, name: 'North', mode: 'Basic', createdAt: at };
  const projects = {
    list: () => Promise.resolve({ items: [made], nextPageToken: null }),
    get: () => Promise.reject(new Error('there is no such project')),
  } as unknown as ProjectService;
  const identity = new Identity({ store, secrets }, people, accessKeys, projects);
  return { identity, state, secrets };
}

const byPassword: IdentityClaim = {
  ...{ method: 'password', userId: null, userName: 'Ada', password: key, domain: 'default' },
};

afterEach(() => jest.restoreAllMocks());

test('a token stands for its user, as the user is now, and for the project that it was asked for', async () => {
  const { identity, state } = identityOf();
  const { token, project } = await identity.issue(byPassword, 'north', 'here');
  expect(project?.id).toBe('p1');
  state.user.role = 'viewer';
  expect(await identity.find(token)).toMatchObject({
    caller: { tenant: 'default', userId: 'u1', name: 'Ada', role: 'viewer', keyId: 'k1' },
    project: 'p1',
  });
  const { token: wide } = await identity.issue(byPassword, null, 'here');
  expect((await identity.find(wide))?.project).toBeNull();
});

test('a token shows nothing of what it holds, and fits into a header', async () => {
  const { identity } = identityOf();
  const { token } = await identity.issue(byPassword, null, 'here');
  expect(token).toMatch(/^[\w-]{100,500}$/);
  const bytes = Buffer.from(token, 'base64url').toString('latin1');
  for (const told of ['default', 'k1', 'tenant', key]) expect(bytes).not.toContain(told);
});

test('a token is good for 24 hours', async () => {
  const { identity } = identityOf();
  const { token, issuedAt, expiresAt } = await identity.issue(byPassword, null, 'here');
  expect(Date.parse(expiresAt) - Date.parse(issuedAt)).toBe(24 * 3_600_000);
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt) - 1);
  expect(await identity.find(token)).not.toBeNull();
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse(expiresAt));
  expect(await identity.find(token)).toBeNull();
});

test('a token ends with the key, or the access key, that it was got with', async () => {
  const { identity, state } = identityOf();
  const { token } = await identity.issue(byPassword, null, 'here');
  const claim = { method: 'accessKey', id: 'a1', secret: 's3' } as const;
  const other = await identity.issue(claim, null, 'here');
  expect((await identity.find(other.token))?.caller.role).toBe('operator');
  state.keys.clear();
  expect(await identity.find(token)).toBeNull();
  expect(await identity.find(other.token)).not.toBeNull();
  state.accessKeys.clear();
  expect(await identity.find(other.token)).toBeNull();
});

test('what is changed, cut, made with another secret or sealed for something else is no token', async () => {
  const { identity, secrets } = identityOf();
  const { token } = await identity.issue(byPassword, null, 'here');
  const sealed = { tenant: 'default', keyId: 'k1', project: null, until: Date.now() + 1000 };
  const elsewhere = Buffer.from(secrets.seal('default/crm', sealed), 'base64');
  const flipped = `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`;
  for (const text of [
    ...['', 'x', token.slice(0, -4), flipped, 'A'.repeat(5000)],
    elsewhere.toString('base64url'),
    (await identityOf({ secret: 'other' }).identity.issue(byPassword, null, 'here')).token,
  ]) {
    expect(await identity.find(text)).toBeNull();
  }
});

test('user, key and domain have to belong together, and who tries on is held back', async () => {
  const { identity } = identityOf();
  const good: IdentityClaim[] = [
    { ...byPassword, domain: null },
    { ...byPassword, domain: 'Default Inc' },
    { ...byPassword, userId: 'u1', userName: 'whoever' },
  ];
  for (const claim of good) await identity.issue(claim, null, 'good');
  const wrong: IdentityClaim[] = [
    { ...byPassword, password: 'tgk_other' },
    { ...byPassword, userName: 'ada' },
    { ...byPassword, userId: 'u2' },
    { ...byPassword, domain: 'other' },
    { method: 'accessKey', id: 'a1', secret: 'wrong' },
    { method: 'accessKey', id: 'a2', secret: 's3' },
  ];
  for (const claim of wrong) {
    await expect(identity.issue(claim, null, 'bad')).rejects.toMatchObject({
      code: 'notAuthenticated',
    });
  }
  for (let tries = wrong.length; tries < 20; tries += 1) {
    await identity.issue(wrong[0]!, null, 'bad').catch(() => undefined);
  }
  const held = { code: 'tooManySignIns' };
  await expect(identity.issue(byPassword, null, 'bad')).rejects.toMatchObject(held);
  await identity.issue(byPassword, null, 'good');
});
