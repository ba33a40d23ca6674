/** DataArts' calls as the vendor's own SDK for Python makes them, by both ways to say who calls. */
import { metadataCollectionConfigSchema } from '../../../activities/jobs/metadata-collection/config';
import { defineJobType } from '../../../model/job-type';
import type { TaskRead } from '../../../scheduling/scheduling';
import {
  askForToken,
  exampleText,
  exampleWith,
  tokenRequest,
  type Body,
} from '../../support/dataarts';
import { startSdk, type Sdk, type SdkOrder } from '../../support/dataarts-sdk/start-sdk';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { readTask, runsOf, untilIdle } from './support/flow';

const held = heldJobs();
const collection = defineJobType({
  ...held.jobType,
  type: 'metadata-collection',
  configSchema: metadataCollectionConfigSchema,
  lineage: () => ({ reads: [], writes: [] }),
});

let installation: Installation;
let server: TestServer;
let sdk: Sdk;
let key: { id: string; secret: string };
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [collection] }));
  key = await server.api.post('/access-keys', { name: 'sdk' });
  sdk = startSdk(server.url, [key.id, key.secret]);
  // The first time its packages are installed.
});
afterAll(async () => {
  sdk.end();
  await installation.end();
});

const example = JSON.parse(exampleText) as Body;
const bodyOf = (fields: Body): SdkOrder['body'] => ['MetadataCollectionTask', fields];

/** A call that is taken. @returns what the SDK made of the answer */
async function taken(order: SdkOrder): Promise<Body> {
  const { status, answer, error } = await sdk.call(order);
  expect([status, error]).toEqual([200, undefined]);
  return answer!;
}

const create = async (order: Partial<SdkOrder> = {}): Promise<string> => {
  const answer = await taken({ method: 'create_task', body: bodyOf(example), ...order });
  expect(Object.keys(answer)).toEqual(['task_id']);
  return answer.task_id as string;
};

/** A call that is refused. @returns how the SDK tells it */
async function refused(order: SdkOrder) {
  const { error, answer } = await sdk.call(order);
  expect(answer).toBeUndefined();
  return error!;
}

const ways: [string, () => Promise<Partial<SdkOrder>>][] = [
  ['signed with an access key', () => Promise.resolve({})],
  [
    'by a token',
    async () => {
      const user = { name: 'admin', password: server.api.key, domain: { name: 'default' } };
      const { token } = await askForToken(server.url, tokenRequest(user));
      // The SDK signs all the same: the token wins.
      return { key: ['nobody', 'nothing'], headers: { 'X-Auth-Token': token! } };
    },
  ],
];

test.each(ways)(
  'HW-01, HW-03, HW-35, HW-37, HW-38: the SDK drives a task from its creation to its end, %s',
  async (_way, authentication) => {
    const who = await authentication();
    const id = await create(who);
    const read = await taken({ ...who, method: 'show_task_info', request: { task_id: id } });
    const { id: _null, ...sent } = example;
    expect(read).toMatchObject({ ...sent, id, user_name: 'admin', path: '/' });
    const first = await held.next(id);
    const act = (action: string) =>
      taken({ ...who, method: 'execute_task_action', request: { task_id: id, action } });
    await act('runimmediate');
    first.succeed();
    await untilIdle(server.api, id, 1);
    expect(await runsOf(server.api, id)).toHaveLength(1);
    await act('start');
    const second = await held.next(id);
    const log = await taken({
      ...who,
      method: 'show_instance_log',
      request: { task_id: id, instance_id: second.runId },
      body: ['JobLogRequest', {}],
    });
    expect(log).toMatchObject({ enable_bridge: true, bridge_status: 'RUNNING' });
    await act('stop');
    const [ended] = await untilIdle(server.api, id, 2);
    expect(ended!.status).toBe('cancelled');

    const changed = exampleWith({
      name: `Changed ${_way}`,
      schedule_config: { schedule_type: 'CRON', cron_expression: '0 0 3 1 1 ?', enabled: 1 },
    });
    const request = { task_id: id };
    const empty = await taken({
      ...who,
      method: 'update_task_info',
      request,
      body: bodyOf(changed),
    });
    expect(empty).toEqual({});
    const task: TaskRead = await readTask(server.api, id);
    expect(task).toMatchObject({ name: `Changed ${_way}`, kind: 'recurring', paused: false });
    const query = { name: `changed ${_way}`, limit: 5, offset: 0 };
    const found = await taken({
      ...who,
      method: 'show_task_list',
      body: ['QueryTaskRequest', query],
    });
    expect(found).toMatchObject({ count: 1, resources: [{ id, schedule_config: { enabled: 1 } }] });
    expect(found.total_records).toBeGreaterThanOrEqual(1);
    expect(await taken({ ...who, method: 'delete_task_info', request })).toEqual({});
    const gone = await refused({ ...who, method: 'show_task_info', request });
    expect(gone).toMatchObject({ status_code: 404, error_code: 'taskNotFound' });
  },
);

test('HW-40, HW-41, HW-43: refusals reach the program as the SDK tells them', async () => {
  const order: SdkOrder = { method: 'create_task', body: bodyOf(example) };
  const { error_msg: message, ...nameless } = await refused({
    ...order,
    body: bodyOf(exampleWith({ name: undefined })),
  });
  expect(nameless).toEqual({ status_code: 400, error_code: 'invalidInput' });
  expect(message).toContain('name');
  const nowhere = await refused({ ...order, project: '0'.repeat(32) });
  expect(nowhere).toMatchObject({ status_code: 404, error_code: 'projectNotFound' });
  const wrong = await refused({ ...order, key: [key.id, 'wrong'] });
  expect(wrong).toMatchObject({ status_code: 401, error_code: 'notAuthenticated' });
});

test('the SDK finds the id of a project by the name that it takes for a region', async () => {
  const { id } = await server.api.post<{ id: string }>('/projects', {
    ...{ name: 'cn-north-4', mode: 'Basic' },
  });
  const region = 'cn-north-4';
  const [fields, listed] = [exampleWith({ schedule_config: {} }), { name: '' }];
  await create({ body: bodyOf(fields), region });
  const order: SdkOrder = { method: 'show_task_list', body: ['QueryTaskRequest', listed] };
  expect(await taken({ ...order, project: id })).toMatchObject({ count: 1, total_records: 1 });
});

test('a body that was changed on its way, and a date that is off, are refused, and make nothing', async () => {
  const order: SdkOrder = { method: 'create_task', body: bodyOf(example) };
  const count = async () =>
    (await taken({ method: 'show_task_list', body: ['QueryTaskRequest', {}] })).total_records;
  const before = await count();
  const tampered = await refused({ ...order, tamper: true });
  expect(tampered).toMatchObject({ status_code: 401, error_code: 'notAuthenticated' });
  for (const minutes of [-16, 16]) {
    const at = new Date(Date.now() + minutes * 60_000).toISOString();
    const headers = { 'X-Sdk-Date': at.replace(/[-:]|\.\d+/g, '') };
    const off = await refused({ ...order, headers });
    expect(off.status_code).toBe(401);
    expect(off.error_msg).toContain('15 minutes');
  }
  expect(await count()).toBe(before);
});

test('an access key that was removed signs nothing any more', async () => {
  const other = await server.api.post<{ id: string; secret: string }>('/access-keys', {
    name: 'x',
  });
  const order: SdkOrder = {
    method: 'show_task_list',
    body: ['QueryTaskRequest', {}],
    key: [other.id, other.secret],
  };
  await taken(order);
  await server.api.delete(`/access-keys/${other.id}`);
  expect((await refused(order)).status_code).toBe(401);
});
