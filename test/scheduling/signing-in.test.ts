/** Signing in by key and by code, and who is held back. */
import { SignInLimit } from '../../scheduling/sign-in-limit';
import type { SignInCredential } from '../../scheduling/scheduling';
import { admin, openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
  await service.store.people.ensureFirst({ keyName: 'k', keyPrefix: 'k', keyDigest: 'd' });
});
afterAll(() => service.close());

/** A user with a key; each signs in from an address of their own. */
let addresses = 0;
async function person() {
  const { people } = service.scheduling;
  addresses += 1;
  const name = `Ada ${addresses}`;
  const user = await people.createUser(admin, { name, role: 'operator' });
  const { secret: key, id: keyId } = await people.createKey(admin, { userId: user.id, name: 'k' });
  const address = `10.0.0.${addresses}`;
  const signIn = (credential: SignInCredential) =>
    service.scheduling.sessions.signIn(credential, address);
  return { user, key, keyId, signIn };
}

test('a key begins a session of its owner, until it is removed', async () => {
  const { sessions, people } = service.scheduling;
  const { user, key, keyId, signIn } = await person();
  const { token, caller, csrfToken } = await signIn({ key });
  expect(caller).toMatchObject({ tenant: 'default', userId: user.id, role: 'operator', keyId });
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(await sessions.find(token, { isUse: true })).toMatchObject({ caller, csrfToken });
  const other = await signIn({ key });
  expect([other.token, other.csrfToken]).not.toEqual([token, csrfToken]);
  await people.removeKey(admin, keyId);
  expect(await sessions.find(token, { isUse: true })).toBeNull();
  expect(await sessions.find(other.token, { isUse: true })).toBeNull();
});

test('signing out ends that session alone', async () => {
  const { sessions } = service.scheduling;
  const { key, signIn } = await person();
  const [one, other] = [await signIn({ key }), await signIn({ key })];
  await sessions.signOut(one.caller, one.token);
  expect(await sessions.find(one.token, { isUse: true })).toBeNull();
  expect(await sessions.find(other.token, { isUse: true })).not.toBeNull();
});

test('a code that a key has made signs its owner in once', async () => {
  const { sessions, people } = service.scheduling;
  const { user, key, signIn } = await person();
  const caller = (await people.authenticate(key))!;
  const { code, url } = await sessions.makeCode(caller);
  expect(url).toBe(`http://127.0.0.1:8080/sign-in?code=${code}`);
  expect((await signIn({ code })).caller).toMatchObject({ userId: user.id });
  const again = await refusalOf(signIn({ code }));
  expect(again.code).toBe('notAuthenticated');
  expect(again.message).toContain('used before');
});

test('both are in the audit, without what they were made with', async () => {
  const { sessions, people } = service.scheduling;
  const { user, key, signIn } = await person();
  const { code } = await sessions.makeCode((await people.authenticate(key))!);
  const { caller, token } = await signIn({ code });
  await sessions.signOut(caller, token);
  const page = { pageSize: 100, pageToken: null };
  const { items } = await people.audit(admin, { target: `user/${user.id}` }, page);
  expect(items.map(({ action, detail }) => [action, detail])).toEqual([
    ['session.end', {}],
    ['session.begin', { by: 'code' }],
    ['signInCode.create', {}],
    ['user.create', expect.anything()],
  ]);
  for (const secret of [key, code, token]) expect(JSON.stringify(items)).not.toContain(secret);
});

test('after many wrong keys an address is held back, others are not', async () => {
  const { key, signIn } = await person();
  const other = await person();
  for (let tries = 0; tries < 20; tries += 1) {
    expect((await refusalOf(signIn({ key: 'wrong' }))).code).toBe('notAuthenticated');
  }
  expect((await refusalOf(signIn({ key }))).code).toBe('tooManySignIns');
  expect((await other.signIn({ key: other.key })).caller.userId).toBe(other.user.id);
});

describe('the limit of wrong keys', () => {
  const allowed = (limit: SignInLimit): boolean => {
    try {
      limit.check('here');
      return true;
    } catch {
      return false;
    }
  };

  test('gives a try back every three seconds, and all of them to who waits long enough', () => {
    let now = 1_000_000;
    const limit = new SignInLimit(() => now);
    const useUp = (): number => {
      let used = 0;
      for (; allowed(limit); used += 1) limit.noteWrong('here');
      return used;
    };
    expect(useUp()).toBe(20);
    now += 2_999;
    expect(allowed(limit)).toBe(false);
    now += 1;
    expect(useUp()).toBe(1);
    now += 6_000;
    expect(useUp()).toBe(2);
    now += 3_600_000;
    expect(useUp()).toBe(20);
  });

  test('remembers no more addresses than it has room for', () => {
    const limit = new SignInLimit(() => 0);
    for (let tries = 0; tries < 20; tries += 1) limit.noteWrong('here');
    expect(allowed(limit)).toBe(false);
    for (let other = 0; other < 10_000; other += 1) limit.noteWrong(`address ${other}`);
    expect(allowed(limit)).toBe(true);
  });
});
