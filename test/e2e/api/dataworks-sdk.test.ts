/** DataWorks' API as the vendor's own SDK for Python calls it. */
import { Client } from 'pg';
import type { AuditEntry } from '../../../model/people';
import type { TaskRead } from '../../../scheduling/scheduling';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { stepJobs } from '../../support/step-job';
import { startSdk, type Sdk } from './support/dataworks-sdk';
import { addTables, readTask } from './support/flow';

const jobs = stepJobs();
let installation: Installation;
let server: TestServer;
let sdk: Sdk;
let crm: string[];
let made: { id: string; secret: string };

/** Numbers that are no doubles. */
const firstNumber = 2n ** 53n + 1n;

beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  crm = await addTables(installation, server.api, 'crm');
  made = await server.api.post('/access-keys', { name: 'sdk' });
  const client = new Client({ connectionString: installation.databaseUrl });
  await client.connect();
  await client.query(`update tablegate.counters set value = $1 where name = 'taskNumber'`, [
    String(firstNumber - 1n),
  ]);
  await client.end();
  sdk = startSdk(server.url, [made.id, made.secret]);
}, 180_000);
afterAll(async () => {
  sdk.end();
  await installation.end();
});

const task = (given: Record<string, unknown> = {}): Promise<TaskRead> =>
  server.api.post('/tasks', {
    ...{ name: 'Nightly', kind: 'manual', tables: crm, job: { type: 'step' } },
    ...given,
  });

const update = async (tasks: object[], comment?: string) => {
  const { body, error } = await sdk.call('BatchUpdateTasks', { Tasks: tasks, Comment: comment });
  if (error)
    throw new Error(JSON.stringify(error, (_k, v) => (typeof v === 'bigint' ? String(v) : v)));
  return body as {
    RequestId: string;
    SuccessInfo: Record<string, { Success: boolean; Message: string }>;
  };
};

test('DW-01, DW-43: smoke', async () => {
  const [one, two] = await Promise.all([task(), task({ name: 'Other' })]);
  expect(BigInt(one.number)).toBeGreaterThanOrEqual(firstNumber);
  const answer = await update(
    [
      {
        Id: BigInt(one.number),
        Name: 'Renamed',
        Trigger: { Type: 'Scheduler', Cron: '00 00 00 * * ?' },
      },
      { Id: BigInt(two.number), Description: 'changed' },
      { Id: 2n ** 63n - 1n, Name: 'nobody' },
    ],
    'by the SDK',
  );
  console.log(answer);
  console.log(await readTask(server.api, one.id));
  console.log(
    (await server.api.get<{ items: AuditEntry[] }>(`/audit?target=task/${one.id}`)).items,
  );
});
