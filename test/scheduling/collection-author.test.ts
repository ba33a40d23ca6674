/** Whose grants a collection task runs with. */
import type { Caller } from '../../model/people';
import type { TaskDefinition } from '../../model/task';
import { settleEditedCollection, settleNewCollection } from '../../scheduling/collection-author';
import { rejection } from '../connectors/support/sandbox';
import { openService, type TestService } from './support/service';

let service: TestService;
let ann: Caller;
beforeAll(async () => {
  service = await openService();
  await service.store.people.ensureFirst({ keyName: 'k', keyDigest: 'd', keyPrefix: 'p' });
  const role = 'developer';
  const made = await service.scheduling.people.createUser(service.caller, { name: 'Ann', role });
  ann = { tenant: 'default', userId: made.id, name: 'Ann', role };
});
afterAll(() => service.close());

const taskOf = (config: Record<string, unknown>, type = 'metadata-collection') =>
  ({ name: 'Collect', job: { type, config } }) as TaskDefinition;

test('HW-45: a connection that is there needs the grant to read; one that is not may come', async () => {
  const settle = (connection: string) =>
    settleNewCollection(service, ann, taskOf({ connection, author: 'somebody else' }));
  expect(await rejection(settle('analysis'))).toMatchObject({ code: 'grantMissing' });
  expect((await settle('dli_test')).job.config).toMatchObject({ author: ann.userId });
  const grant = { userId: ann.userId, connection: 'analysis', read: true, write: false };
  await service.scheduling.people.setGrant(service.caller, grant);
  expect((await settle('analysis')).job.config).toMatchObject({ author: ann.userId });
});

test('an edit makes its caller the author, unless the config stays as it was', async () => {
  const before = taskOf({ connection: 'nowhere', author: 'u9' });
  const edit = (config: Record<string, unknown>) =>
    settleEditedCollection(service, ann, before, { job: { ...before.job, config } });
  expect((await edit({ connection: 'nowhere', author: 'u9' })).job?.config.author).toBe('u9');
  expect((await edit({ connection: 'other', author: 'u9' })).job?.config.author).toBe(ann.userId);
  expect(await settleEditedCollection(service, ann, before, { name: 'Other' })).toEqual({
    name: 'Other',
  });
});

test('tasks of other types are left alone', async () => {
  const flow = taskOf({ connection: 'analysis' }, 'flow');
  expect(await settleNewCollection(service, ann, flow)).toEqual(flow);
});
