/** A question about a result, answered by the activity over files and an analysis source. */
import { readdirSync } from 'node:fs';
import { CancelledFailure } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { MockActivityEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { makeAnswerLookUp } from '../../activities/answer-look-up';
import type { ActivityDeps } from '../../activities/deps';
import { TablegateError } from '../../model/errors';
import type { LookUpAnswer, LookUpInput } from '../../model/look-up';
import { Sandbox } from '../connectors/support/sandbox';
import { analysisFile, runIdMapping } from '../jobs/support/run-job';
import { quietActivity } from '../support/quiet-activity';

const columns = [
  { column: 'mobile', idType: 'phone' },
  { column: 'mail', idType: 'email' },
];
const customers = { name: 'crm.main.customers', idMapping: columns };

let sandbox: Sandbox;
let registered: { name: string; idMapping: { columns: typeof columns } | null }[];
beforeEach(async () => {
  sandbox = new Sandbox();
  registered = [{ name: customers.name, idMapping: { columns } }];
  sandbox.write('customers.csv', 'mobile,mail\n0138,ann@x.org\n');
  const connections = { crm: { type: 'files', config: { path: sandbox.root } } };
  await runIdMapping(sandbox, { tables: [customers], connections });
});
afterEach(() => sandbox.remove());

const input: LookUpInput = {
  ...{ tenant: 'default', taskId: 'a'.repeat(32), taskNumber: '42', config: {} },
  tables: [customers.name],
  question: { about: 'user', id: { idType: 'phone', value: ' 0138' } },
};

/** What the store knows: the registered tables, `crm` and `analysis`. */
function storeOf(findTables = async () => registered): ActivityDeps['store'] {
  const connections: Record<string, object> = {
    crm: { type: 'files', config: { path: sandbox.root }, secrets: null },
    analysis: { type: 'duckdb', config: { path: analysisFile(sandbox) }, secrets: null },
  };
  const findConnection = async (_tenant: string, name: string) => connections[name] ?? null;
  return { sources: { findTables, findConnection } } as unknown as ActivityDeps['store'];
}

function ask(
  given: { limitMs?: number; env?: MockActivityEnvironment; store?: ActivityDeps['store'] } = {},
  change: Partial<LookUpInput> = {},
): Promise<LookUpAnswer> {
  const deps = {
    store: given.store ?? storeOf(),
    secrets: {} as ActivityDeps['secrets'],
    filesRoots: () => [sandbox.root],
    scratchRoot: sandbox.scratch,
    log: pino({ level: 'silent' }),
  };
  const env = given.env ?? quietActivity();
  return env.run(makeAnswerLookUp(deps, given.limitMs ?? 60_000), { ...input, ...change });
}

/** What its questions have left in the scratch folder. */
const left = () => readdirSync(sandbox.scratch).filter((name) => name.startsWith('look-up-'));

test('a question is answered from the registered tables, and leaves nothing behind', async () => {
  expect(await ask()).toMatchObject({ kind: 'user', user: { runId: 'run-1', idCount: 2 } });
  expect(left()).toEqual([]);
});

test('a question about tables that are not registered any more is refused, naming the first', async () => {
  registered = [];
  expect(await ask()).toEqual({
    ...{ kind: 'refused', code: 'sourcesChanged' },
    detail: `${customers.name}: the table is not registered any more. Edit the task and run it again.`,
  });
});

test('a question about a task whose connection is gone is refused', async () => {
  const config = { analysisSource: 'lake' };
  expect(await ask({}, { config })).toMatchObject({
    ...{ kind: 'refused', code: 'sourcesChanged' },
    detail: expect.stringContaining('lake: There is no connection lake.') as string,
  });
});

test('while the store is away a question is refused', async () => {
  const away = () => Promise.reject(new TablegateError('storeUnavailable', 'It is away.'));
  expect(await ask({ store: storeOf(away) })).toEqual({
    ...{ kind: 'refused', code: 'storeUnavailable', detail: 'It is away.' },
  });
});

test('an answer that takes too long is given up, saying what took the time', async () => {
  const answer = await ask({ limitMs: 1 });
  expect(answer).toMatchObject({ kind: 'refused', code: 'lookUpTooLarge' });
  expect((answer as { detail: string }).detail).toMatch(
    /^It took longer than 0.001 s and was stopped while /,
  );
  expect(left()).toEqual([]);
});

test('when nobody waits any more the answer is given up', async () => {
  const env = quietActivity();
  const answer = ask({ env });
  env.cancel('CANCELLED');
  await expect(answer).rejects.toBeInstanceOf(CancelledFailure);
  expect(left()).toEqual([]);
});

test('a worker that ends leaves the question to the next one', async () => {
  const env = quietActivity();
  const answer = ask({ env });
  env.cancel('WORKER_SHUTDOWN');
  const failure = await answer.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ nonRetryable: false });
});

test('a fault is told to the log, and to nobody else', async () => {
  const broken = () => Promise.reject(new Error('a fault with s3cret'));
  const failure = await ask({ store: storeOf(broken) }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ nonRetryable: true, message: 'The look-up failed.' });
});
