/** Keys of each user, and what the audit keeps of who changed what. */
import type { AuditEntry, Caller } from '../../model/people';
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
let admin: Caller;
let ada: Caller;
const all = { pageSize: 100, pageToken: null };

beforeAll(async () => {
  service = await openService();
  const { people } = service.store;
  await people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'tg_1' });
  const [first] = (await people.users('default', all)).items;
  admin = { tenant: 'default', userId: first!.id, name: 'Root', role: 'admin' };
  await people.createUser('default', { id: 'ada', name: 'Ada', role: 'viewer' });
  ada = { tenant: 'default', userId: 'ada', name: 'Ada', role: 'viewer' };
});
afterAll(() => service.close());

const auditOf = async (filter: object): Promise<AuditEntry[]> =>
  (await service.scheduling.people.audit(admin, filter, all)).items;

test('each user makes, sees and removes own keys; admins those of all, or of one user', async () => {
  const { people } = service.scheduling;
  const own = await people.createKey(ada, { userId: null, name: 'mine' });
  const given = await people.createKey(admin, { userId: 'ada', name: 'given' });
  const ofAdmin = await people.createKey(admin, { userId: null, name: 'root' });
  expect(await people.authenticate(own.secret)).toMatchObject({ userId: 'ada', role: 'viewer' });
  expect((await refusalOf(people.createKey(ada, { userId: admin.userId, name: 'x' }))).code).toBe(
    'notAllowed',
  );
  const idsOf = async (caller: Caller, userId?: string) =>
    (await people.keys(caller, all, userId)).items.map(({ id }) => id);
  expect(await idsOf(ada)).toEqual([given.id, own.id]);
  expect(await idsOf(ada, admin.userId)).toEqual([given.id, own.id]);
  expect(await idsOf(admin, 'ada')).toEqual([given.id, own.id]);
  expect(await idsOf(admin)).toEqual(expect.arrayContaining([given.id, own.id, ofAdmin.id]));
  expect((await refusalOf(people.removeKey(ada, ofAdmin.id))).code).toBe('keyNotFound');
  await people.removeKey(ada, own.id);
  expect(await people.authenticate(own.secret)).toBeNull();
  await people.removeKey(admin, given.id);
  expect(await idsOf(ada)).toEqual([]);
});

test('whoever may not see the only key of an admin is not told that it is that', async () => {
  const { people } = service.scheduling;
  const [first, second] = (await people.keys(admin, all)).items;
  if (second) await people.removeKey(admin, first!.id);
  const [only] = (await people.keys(admin, all)).items;
  expect((await refusalOf(people.removeKey(ada, only!.id))).code).toBe('keyNotFound');
  expect((await refusalOf(people.removeKey(admin, only!.id))).code).toBe('lastAdmin');
});

test('a user is told which projects are his', async () => {
  const { projects } = service.scheduling;
  const project = await projects.create(admin, { name: 'Crm', mode: 'Basic' });
  expect(await projects.ofMember(ada, 'ada')).toEqual({ items: [] });
  await projects.addMember(admin, project.id, 'ada');
  expect(await projects.ofMember(ada, 'ada')).toEqual({ items: [project] });
});

test('the audit of an edit holds what was before and after, field by field', async () => {
  const task = await service.task({ owner: 'one' });
  await service.edit(task, { owner: 'two', description: 'more', name: task.name });
  const target = `task/${task.id}`;
  expect((await auditOf({ target }))[0]).toMatchObject({
    action: 'task.edit',
    detail: {
      before: { owner: 'one', description: '' },
      after: { owner: 'two', description: 'more' },
    },
  });
  await service.scheduling.people.updateUser(admin, 'ada', { account: 'ada.l', role: 'operator' });
  expect((await auditOf({ target: 'user/ada' }))[0]!.detail).toEqual({
    before: { account: null, role: 'viewer' },
    after: { account: 'ada.l', role: 'operator' },
  });
  const grant = { userId: 'ada', connection: 'analysis', read: true, write: false };
  await service.scheduling.people.setGrant(admin, grant);
  await service.scheduling.people.setGrant(admin, { ...grant, write: true });
  const [later, first] = await auditOf({ action: 'grant.set' });
  expect(first!.detail).toEqual({
    ...{ connection: 'analysis', before: { read: false }, after: { read: true } },
  });
  expect(later!.detail).toEqual({
    ...{ connection: 'analysis', before: { write: false }, after: { write: true } },
  });
});

test('the audit is found by who, what, which thing or kind of thing, and when', async () => {
  const { people } = service.scheduling;
  const key = await people.createKey({ ...ada, name: 'Ada Lovelace' }, { userId: null, name: 'x' });
  const lines = (entries: AuditEntry[]) => entries.map(({ action, target }) => [action, target]);
  const made = [['key.create', `key/${key.id}`]];
  expect(lines(await auditOf({ actor: 'Ada Lovelace' }))).toEqual(made);
  expect(lines(await auditOf({ target: `key/${key.id}` }))).toEqual(made);
  const kinds = async (filter: object) =>
    new Set((await auditOf(filter)).map(({ action }) => action.split('.')[0]));
  expect(await kinds({ action: 'key' })).toEqual(new Set(['key']));
  expect(await kinds({ action: 'key.create' })).toEqual(new Set(['key']));
  expect(await kinds({ target: 'user' })).toEqual(new Set(['user', 'grant']));
  expect(await auditOf({ action: 'ke' })).toEqual([]);
  const [newest] = await auditOf({});
  const second = (ms: number) => new Date(Date.parse(newest!.at) + ms).toISOString().slice(0, 19);
  expect(await auditOf({ from: second(1_000) })).toEqual([]);
  expect(await auditOf({ to: second(1_000) })).toEqual(await auditOf({}));
  expect(await auditOf({ actor: 'Ada Lovelace', action: 'task' })).toEqual([]);
  expect((await refusalOf(auditOf({ from: 'yesterday' }))).fields).toHaveProperty('from');
});
