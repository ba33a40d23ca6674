import type { Caller } from '../../model/people';
import { refusalOf, openService, type TestService } from './support/service';

let service: TestService;
let admin: Caller;
let viewer: Caller;
const all = { pageSize: 100, pageToken: null };

beforeAll(async () => {
  service = await openService();
  const { people } = service.store;
  await people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'tg_1' });
  const [first] = (await people.users('default', all)).items;
  admin = { tenant: 'default', userId: first!.id, name: first!.name, role: 'admin' };
  const made = await people.createUser('default', { id: 'v1', name: 'Vi', role: 'viewer' });
  viewer = { tenant: 'default', userId: made.id, name: 'Vi', role: 'viewer' };
});
afterAll(() => service.close());

test('an access key has an id and a secret, which is told once and found again for its user', async () => {
  const { accessKeys } = service.scheduling;
  const made = await accessKeys.create(viewer, { userId: null, name: 'sdk' });
  expect(made).toMatchObject({ userId: 'v1', name: 'sdk', lastUsedAt: null });
  expect(made.id).toMatch(/^TGAK[A-Z0-9]{20}$/);
  expect(made.secret).toMatch(/^[A-Za-z0-9]{30}$/);
  expect(await accessKeys.secretOf(made.id)).toEqual({ secret: made.secret, caller: viewer });
  const listed = (await accessKeys.list(viewer, all)).items;
  expect(listed.map(({ id }) => id)).toEqual([made.id]);
  expect(JSON.stringify(listed)).not.toContain(made.secret);
  await accessKeys.noteUse(made.id);
  expect((await accessKeys.list(viewer, all)).items[0]!.lastUsedAt).not.toBeNull();
});

test('users see and remove their own, admins those of all; the key of a removed user is gone', async () => {
  const { accessKeys, people } = service.scheduling;
  const ofAdmin = await accessKeys.create(admin, { userId: null, name: 'own' });
  const forViewer = await accessKeys.create(admin, { userId: 'v1', name: 'given' });
  expect(
    (await refusalOf(accessKeys.create(viewer, { userId: admin.userId, name: 'x' }))).code,
  ).toBe('notAllowed');
  expect((await refusalOf(accessKeys.create(admin, { userId: 'none', name: 'x' }))).code).toBe(
    'userNotFound',
  );
  expect((await refusalOf(accessKeys.remove(viewer, ofAdmin.id))).code).toBe('accessKeyNotFound');
  expect((await accessKeys.list(admin, all)).items.map(({ id }) => id)).toEqual(
    expect.arrayContaining([ofAdmin.id, forViewer.id]),
  );
  await accessKeys.remove(admin, ofAdmin.id);
  expect(await accessKeys.secretOf(ofAdmin.id)).toBeNull();
  await people.removeUser(admin, 'v1');
  expect(await accessKeys.secretOf(forViewer.id)).toBeNull();
  expect(await accessKeys.secretOf('x\0')).toBeNull();
});
