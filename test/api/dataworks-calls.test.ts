/** DataWorks' API at the edge: who is let in, what is read, and the vendor's envelope. */
import { actions } from '../../api/vendors/dataworks/actions';
import { dataworksCalls, type DescribedAction } from '../../api/vendors/dataworks/describe';
import { parseJson } from '../../api/vendors/dataworks/json';
import { roleAllows, roles } from '../../model/people';
import { TablegateError } from '../../model/errors';
import type { BatchEntry } from '../../scheduling/scheduling';
import { send, signedHeaders, type Call } from '../support/acs3';
import { accessKeyIdOf, accessSecretOf, keyOf } from '../support/fake-scheduling';
import { testApi, type TestApi } from '../support/test-api';

const requestId = /^[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}$/;
const form = (params: Record<string, string>) => new URLSearchParams(params).toString();
const tasks = (list: string) => form({ Tasks: list });

/** The entries and the comment that reached the service. */
function batch(api: TestApi): { entries: BatchEntry[]; comment: string | null } {
  const [[, entries, comment] = []] = api.callsOf('taskBatches.update');
  return { entries: entries as BatchEntry[], comment: comment as string | null };
}

async function refusal(answer: ReturnType<typeof send>, status: number): Promise<string> {
  const { status: got, body, headers } = await answer;
  expect([got, body]).toEqual([
    status,
    {
      RequestId: expect.stringMatching(requestId),
      Code: expect.any(String),
      Message: expect.any(String),
    },
  ]);
  expect(headers['content-type']).toBe('application/json;charset=utf-8');
  return (body as { Code: string }).Code;
}

describe('who calls', () => {
  test('DW-35, DW-43: a signed form is taken, each answer with a RequestId of its own', async () => {
    const api = testApi();
    const ids = new Set<string>();
    for (const body of [tasks('[]'), '']) {
      const answer = await send(api, { body });
      expect([answer.status, answer.body.SuccessInfo]).toEqual([200, {}]);
      ids.add(answer.body.RequestId as string);
    }
    expect([...ids].every((id) => requestId.test(id))).toBe(true);
    expect(ids.size).toBe(2);
    expect(api.callsOf('accessKeys.noteUse')).toHaveLength(2);
  });

  test('DW-42: a tampered body, a replayed nonce and a date an hour off are refused by their codes', async () => {
    const api = testApi();
    const tampered = send(api, { body: tasks('[{"Id":1}]') }, (sent) => {
      sent.body = tasks('[{"Id":2}]');
    });
    expect(await refusal(tampered, 400)).toBe('SignatureDoesNotMatch');

    const nonce = { 'x-acs-signature-nonce': 'n-1' };
    expect((await send(api, { headers: nonce })).status).toBe(200);
    expect(await refusal(send(api, { headers: nonce }), 400)).toBe('SignatureNonceUsed');

    const off = (ms: number) => ({
      'x-acs-date': `${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z`,
    });
    for (const ms of [-3_600_000, 3_600_000, -16 * 60_000]) {
      expect(await refusal(send(api, { headers: off(ms) }), 400)).toBe('InvalidTimeStamp.Expired');
    }
    for (const ms of [-14 * 60_000, 14 * 60_000]) {
      expect((await send(api, { headers: off(ms) })).status).toBe(200);
    }
    expect(api.callsOf('taskBatches.update')).toHaveLength(3);
  });

  test('DW-42: a signature that is wrong uses no nonce, so that nobody takes it from its owner', async () => {
    const api = testApi();
    const headers = { 'x-acs-signature-nonce': 'n-2' };
    const key = { id: accessKeyIdOf('developer'), secret: 'guessed' };
    expect(await refusal(send(api, { headers, key }), 400)).toBe('SignatureDoesNotMatch');
    expect((await send(api, { headers })).status).toBe(200);
  });

  test('a nonce in other bytes that are signed alike is the same one', async () => {
    const api = testApi();
    const nonce = (text: string) => ({ headers: { 'x-acs-signature-nonce': text } });
    expect((await send(api, nonce('n-3'))).status).toBe(200);
    // A space of Unicode in UTF-8, which a signature leaves out like any other.
    for (const space of ['\u00c2\u00a0', '\u00e2\u0080\u0083', '\u00ef\u00bb\u00bf']) {
      const again = send(api, nonce('n-3'), ({ headers }) => {
        headers['x-acs-signature-nonce'] = `n-3${space}`;
      });
      expect(await refusal(again, 400)).toBe('SignatureNonceUsed');
    }
  });

  test('a nonce is kept for longer than a body with its date may take to come', async () => {
    const api = testApi();
    const oldest = new Date(Date.now() - 14 * 60_000 - 50_000);
    const headers = { 'x-acs-date': `${oldest.toISOString().slice(0, 19)}Z` };
    expect((await send(api, { headers })).status).toBe(200);
    const [[, , expiresAt] = []] = api.callsOf('accessKeys.takeNonce');
    // A minute for the body, and some more for clocks that differ.
    expect((expiresAt as Date).getTime()).toBeGreaterThan(Date.now() + 2 * 60_000);
  });

  test.each<[string, Call, number, string]>([
    ['no Authorization', { headers: {} }, 401, 'MissingAccessKeyId'],
    [
      'a key that nobody has',
      { key: { id: 'TGAK', secret: 's' } },
      404,
      'InvalidAccessKeyId.NotFound',
    ],
    ['an action that there is not', { action: 'CreateTask' }, 404, 'InvalidAction.NotFound'],
    ['another version', { headers: { 'x-acs-version': '2020-05-18' } }, 400, 'InvalidVersion'],
    ['no version', { headers: { 'x-acs-version': null } }, 400, 'MissingParameter'],
    ['GET for what changes something', { method: 'GET' }, 403, 'UnsupportedHTTPMethod'],
    [
      'a date in another form',
      { headers: { 'x-acs-date': 'today' } },
      400,
      'InvalidTimeStamp.Format',
    ],
    [
      'a nonce that never ends',
      { headers: { 'x-acs-signature-nonce': 'x'.repeat(129) } },
      400,
      'InvalidParameter',
    ],
  ])('DW-42: %s is refused with %s', async (name, call, status, code) => {
    const api = testApi();
    const answer = send(api, call, ({ headers }) => {
      if (name === 'no Authorization') delete headers.authorization;
    });
    expect(await refusal(answer, status)).toBe(code);
    expect(api.callsOf('taskBatches.update')).toEqual([]);
  });

  // As the vendor's clients send it: with both headers by themselves, without where others are given.
  test.each([
    ['GET', { 'x-acs-action': 'ListTasks', 'x-acs-version': '2024-05-18' }],
    ['POST', { 'x-acs-action': 'ListTasks', 'x-acs-version': '2024-05-18' }],
    ['GET', {}],
    ['POST', {}],
  ])(
    'a %s that is signed in its parameters is told which signature is taken: %j',
    async (method, headers) => {
      const api = testApi();
      const params = new URLSearchParams({
        ...{ Action: 'ListTasks', Version: '2024-05-18', Format: 'JSON', AccessKeyId: 'TGAK' },
        ...{ SignatureMethod: 'HMAC-SHA1', SignatureVersion: '1.0', SignatureNonce: 'n' },
        ...{ Timestamp: '2026-01-20T03:04:05Z', Signature: 'CT9X0VtwR86fNWSnsc6v8YGOjuE=' },
      });
      const answer = await api.send(null, method as 'GET', `/?${params.toString()}`).set(headers);
      expect([answer.status, answer.body]).toMatchObject([
        400,
        {
          Code: 'IncompleteSignature',
          Message: expect.stringMatching(/HMAC-SHA1, SignatureVersion 1\.0.*ACS3-HMAC-SHA256/),
        },
      ]);
      expect(api.callsOf('byNumber.tasks')).toEqual([]);
    },
  );

  test.each([
    [{ 'x-acs-action': 'ListTasks', 'x-acs-version': '2024-05-18' }, 401, 'MissingAccessKeyId'],
    [{}, 400, 'MissingParameter'],
  ])(
    'a form that is signed in itself is told so before it is read: %j',
    async (headers, ...told) => {
      const answer = await testApi()
        .send(null, 'post', '/')
        .set(headers)
        .send('Action=ListTasks&AccessKeyId=TGAK&SignatureMethod=HMAC-SHA1&Signature=x');
      const { Code, Message } = answer.body as { Code: string; Message: string };
      expect([answer.status, Code]).toEqual(told);
      expect(Message).toMatch(/ACS3-HMAC-SHA256.*SignatureVersion 1\.0/);
    },
  );

  test('DW-04: each action serves exactly the roles that it says', async () => {
    for (const action of actions.values()) {
      for (const role of roles) {
        const api = testApi();
        const key = { id: accessKeyIdOf(role), secret: accessSecretOf(role) };
        const params = new URLSearchParams(action.example).toString();
        const byQuery =
          action.method === 'GET' ? { query: sorted(action.example) } : { body: params };
        const { method, name } = action;
        const answer = await send(api, { key, method, action: name, ...byQuery });
        const allowed = roleAllows(role, action.role);
        expect([name, role, answer.status, answer.body.Code]).toEqual([
          ...[name, role],
          ...(allowed ? [200, undefined] : [403, 'NoPermission']),
        ]);
      }
    }
  });

  test('what the document has to try a change with is refused: whoever tries it says of what', async () => {
    const described = dataworksCalls('http://localhost').flatMap(
      (call) => call['x-actions'] as DescribedAction[],
    );
    const changes = described.filter(({ role }) => role !== 'viewer');
    expect(changes.length).toBeGreaterThan(5);
    const key = { id: accessKeyIdOf('admin'), secret: accessSecretOf('admin') };
    for (const { name, example } of changes) {
      const answer = await send(testApi(), { key, action: name, body: form(example) });
      expect([name, answer.status, answer.body.Message]).toEqual([
        ...[name, 400, expect.stringMatching(/Id/)],
      ]);
    }
  });

  test('DW-04, DW-43: JSON with a key of the API, as curl sends it, is answered the same', async () => {
    const api = testApi();
    const answer = await api
      .send('developer', 'post', '/')
      .set({ 'x-acs-action': 'BatchUpdateTasks', 'x-acs-version': '2024-05-18' })
      .send({ Tasks: [{ Id: 1, Name: 'N' }], Comment: 'by curl' });
    expect([answer.status, answer.body.SuccessInfo]).toEqual([
      200,
      { 1: { Success: true, Message: '' } },
    ]);
    expect(batch(api).comment).toBe('by curl');
    const wrong = api
      .send(null, 'post', '/')
      .set({ 'x-acs-action': 'BatchUpdateTasks', 'x-acs-version': '2024-05-18' })
      .set('Authorization', `Bearer ${keyOf('viewer')}x`);
    expect(await refusal(wrong, 401)).toBe('InvalidBearerToken');
  });

  test('DW-43: without the header the path is the console’s, and another path is never this one', async () => {
    const api = testApi();
    expect((await api.send(null, 'get', '/')).headers['content-type']).toMatch(/^text\/html/);
    const headers = signedHeaders('gate.test', {});
    expect((await api.send(null, 'post', '/x').set(headers)).status).toBe(404);
    // What is sent there without saying what is wanted is told so in the vendor's words.
    const answer = await api.send('admin', 'post', '/');
    expect([answer.status, (answer.body as { Code: string }).Code]).toEqual([
      ...[400, 'MissingParameter'],
    ]);
  });
});

const sorted = (params: Record<string, string>) =>
  Object.fromEntries(Object.entries(params).sort(([one], [other]) => (one < other ? -1 : 1)));

describe('what is read', () => {
  const changesOf = async (list: string): Promise<BatchEntry[]> => {
    const api = testApi();
    expect((await send(api, { body: tasks(list) })).status).toBe(200);
    return batch(api).entries;
  };

  test('DW-06, DW-36: ids of 64 bits are exact in both directions, sent as number or as text', async () => {
    const api = testApi();
    const ids = ['9223372036854775807', '9007199254740993', '0'];
    const list = `[{"Id":${ids[0]}},{"Id":"${ids[1]}"},{"Id":0}]`;
    const { text } = await send(api, { body: tasks(list) });
    expect(batch(api).entries.map(({ number }) => number)).toEqual(ids);
    const answer = parseJson(text, 'the answer') as { SuccessInfo: object };
    expect(Object.keys(answer.SuccessInfo).toSorted()).toEqual(ids.toSorted());
    const read = await send(api, { action: 'GetTask', method: 'GET', query: { Id: ids[0]! } });
    expect(read.text).toContain('"Id":1,');
    expect(api.callsOf('byNumber.task')[0]![1]).toBe(ids[0]);
  });

  test.each([
    ['DW-05: a list that is none', '{"Id":1}', 'InvalidParameter'],
    ['DW-05: text that is no JSON', '[{"Id":1', 'InvalidParameter'],
    ['DW-06: an element without Id', '[{"Id":1},{"Name":"N"}]', 'MissingParameter'],
    ['DW-06: an Id of null', '[{"Id":null}]', 'MissingParameter'],
    ['DW-06: an Id beyond 64 bits', '[{"Id":9223372036854775808}]', 'InvalidParameter'],
    ['DW-06: an Id below 0', '[{"Id":-1}]', 'InvalidParameter'],
    ['DW-06: an Id that is no whole number', '[{"Id":1.5}]', 'InvalidParameter'],
    ['DW-42: an element that is no object', '[1]', 'InvalidParameter'],
    ['DW-42: lists in lists without end', `${'['.repeat(60)}${']'.repeat(60)}`, 'InvalidParameter'],
    [
      'DW-42: more than 1,000 tasks',
      JSON.stringify(Array(1001).fill({ Id: 1 })),
      'InvalidParameter',
    ],
  ])('%s refuses the call', async (_name, list, code) => {
    const api = testApi();
    expect(await refusal(send(api, { body: tasks(list) }), 400)).toBe(code);
    expect(api.callsOf('taskBatches.update')).toEqual([]);
  });

  test('DW-02, DW-17, DW-32: what is not sent, null and an empty list of tags are not there', async () => {
    const [entry] = await changesOf(
      '[{"Id":1,"Name":"N","Owner":null,"Tags":[],"Trigger":{"Cron":"0 0 0 * * ?"}}]',
    );
    expect(entry).toEqual({
      ...{ number: '1', environment: null },
      change: { fields: { name: 'N' }, trigger: { cron: '0 0 0 * * ?' } },
    });
  });

  test('DW-07, DW-09 to DW-11, DW-15 to DW-20, DW-24, DW-25, DW-27 to DW-33: every field reaches the service', async () => {
    const [entry] = await changesOf(
      JSON.stringify([
        {
          ...{ Id: 1, EnvType: 'Dev', Name: 'N', Description: 'D', Owner: '1000', Timeout: 3601 },
          ...{ RerunMode: 'FailureAllowed', RerunTimes: 3, RerunInterval: 60 },
          Trigger: {
            ...{ Type: 'Scheduler', Recurrence: 'Skip', Cron: '00 00 00 * * ?' },
            ...{ StartTime: '1970-01-01 00:00:00', EndTime: '9999-01-01 00:00:00' },
          },
          RuntimeResource: { ResourceGroupId: 'etl', Image: 'i-x', Cu: '0.25' },
          DataSource: { Name: 'odps_test' },
          Tags: [{ Key: 'a', Value: 'b' }, { Key: 'c' }],
        },
      ]),
    );
    expect(entry).toEqual({
      ...{ number: '1', environment: 'Dev' },
      change: {
        fields: {
          ...{ name: 'N', description: 'D', owner: '1000', dataSource: 'odps_test' },
          tags: [{ key: 'a', value: 'b' }, { key: 'c' }],
          runPolicy: {
            ...{ timeout: 3601, rerunMode: 'FailureAllowed', rerunTimes: 3, rerunInterval: 60 },
          },
          runtimeResource: { resourceGroup: 'etl', image: 'i-x', cu: '0.25' },
        },
        trigger: {
          ...{ kind: 'recurring', mode: 'skip', cron: '00 00 00 * * ?' },
          ...{ startTime: '1970-01-01 00:00:00', endTime: '9999-01-01 00:00:00' },
        },
      },
    });
  });

  test.each([
    ['DW-08', '{"EnvType":"Test"}', /EnvType/],
    ['DW-09', '{"Name":"\\ud800"}', /Name: no NUL.*surrogate/],
    ['DW-10', '{"Description":"a\\u0000"}', /Description: no NUL/],
    ['DW-11', '{"Owner":1000}', /Owner/],
    ['DW-12', '{"Timeout":60}', /Timeout.*3600/],
    ['DW-14', '{"RerunMode":"Sometimes"}', /RerunMode.*AllDenied/],
    ['DW-15', '{"RerunTimes":-1}', /RerunTimes/],
    ['DW-19', '{"Trigger":{"Type":"Hourly"}}', /Trigger\.Type.*Scheduler, Manual/],
    ['DW-21', '{"Trigger":{"Recurrence":"Never"}}', /Trigger\.Recurrence.*Pause, Skip, Normal/],
    ['DW-26', '{"Trigger":{"StartTime":"2026-01-20T00:00:00"}}', /Trigger\.StartTime.*yyyy-mm-dd/],
    ['DW-30', '{"RuntimeResource":{"Cu":0.25}}', /RuntimeResource\.Cu/],
    ['DW-33', '{"Tags":[{"Value":"v"}]}', /Tags\[0\]\.Key/],
  ])(
    '%s, DW-40: a field that is wrong is the failure of its task alone: %s',
    async (_row, sent, why) => {
      const api = testApi();
      const list = `[${sent.replace('{', '{"Id":1,')},{"Id":2,"Name":"N"}]`;
      const answer = await send(api, { body: tasks(list) });
      expect(answer.body.SuccessInfo).toEqual({
        1: { Success: false, Message: expect.stringMatching(why) },
        2: { Success: true, Message: '' },
      });
      expect(batch(api).entries.map(({ number }) => number)).toEqual(['2']);
    },
  );

  test('DW-36, DW-38: several changes of one id have one result, which says which of them failed', async () => {
    const api = testApi();
    api.scheduling.taskBatches.update = (_caller, entries) =>
      Promise.resolve(
        entries.map(({ environment }) => ({
          error:
            environment === 'Dev'
              ? new TablegateError('taskNotFound', 'The task does not exist.')
              : null,
        })),
      );
    const list =
      '[{"Id":5,"EnvType":"Prod","Name":"N"},{"Id":5,"EnvType":"Dev","Name":"N"},{"Id":6}]';
    const answer = await send(api, { body: tasks(list) });
    expect(answer.body.SuccessInfo).toEqual({
      5: { Success: false, Message: 'Change 2 of 2 (Dev): The task does not exist.' },
      6: { Success: true, Message: '' },
    });
    const unread = await send(api, { body: tasks('[{"Id":7,"Timeout":1},{"Id":7,"Owner":1}]') });
    expect(unread.body.SuccessInfo).toMatchObject({
      7: { Message: expect.stringMatching(/^Change 1 of 2: Timeout: .*\. Change 2 of 2: Owner: /) },
    });
  });

  test('DW-20: beside Manual the rest of Trigger has no effect, whatever it is', async () => {
    const rest = { Recurrence: 'Never', Cron: 'x', StartTime: '2026', EndTime: 1, More: null };
    const Trigger = { Type: 'Manual', ...rest };
    const [entry] = await changesOf(JSON.stringify([{ Id: 1, Trigger }]));
    expect(entry!.change).toEqual({ fields: {}, trigger: { kind: 'manual' } });
    const api = testApi();
    const body = form({ Id: '1', Trigger: JSON.stringify(Trigger) });
    expect((await send(api, { action: 'UpdateTask', body })).status).toBe(200);
    expect(batch(api).entries[0]!.change.trigger).toEqual({ kind: 'manual' });
  });

  test('null for a list or an object in a form says the same as nothing, as it does in JSON', async () => {
    const api = testApi();
    for (const call of [
      { body: 'Tasks=null' },
      { body: '{"Tasks":null}' },
      { action: 'UpdateTask', body: 'Id=1&Tags=null&Trigger=null&Script=null&DataSource=null' },
      { action: 'ListTasks', body: 'Ids=null' },
      { action: 'ListTaskInstances', body: 'Bizdate=0&Ids=null&TaskIds=null&Filter=null' },
      { action: 'RerunTaskInstances', body: 'Ids=null' },
    ]) {
      expect([call, (await send(api, call)).body]).toEqual([
        call,
        expect.not.objectContaining({ Code: expect.any(String) }),
      ]);
    }
    expect(api.callsOf('taskBatches.update')[2]![1]).toMatchObject([
      { change: { fields: {}, trigger: {} } },
    ]);
    expect(api.callsOf('byNumber.tasks')[0]![1]).toMatchObject({ numbers: null });
    // Beside lists and objects, forms hold texts: this is one.
    await send(api, { action: 'UpdateTask', body: 'Id=1&Owner=null' });
    expect(api.callsOf('taskBatches.update')[3]![1]).toMatchObject([
      { change: { fields: { owner: 'null' } } },
    ]);
    const periods = send(api, {
      action: 'CreateWorkflowInstances',
      body: 'Type=SupplementData&Periods=null&DefaultRunProperties={"RootTaskIds":[1]}',
    });
    expect(await refusal(periods, 400)).toBe('MissingParameter');
  });

  test('lists that are nested beyond all measure are told so, in a form and in JSON', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    for (const [body, what] of [
      [`Tasks=${deep}`, 'Tasks: it'],
      [`{"Tasks":${deep}}`, 'The body'],
    ] as const) {
      const answer = await send(testApi(), { body });
      expect([answer.status, answer.body]).toMatchObject([
        400,
        { Code: 'InvalidParameter', Message: `${what} is not JSON: it is nested too deep` },
      ]);
    }
  });

  test.each(['hello', '[', '{"Id":', '['.repeat(60) + ']'.repeat(60)])(
    'DW-42: Tasks=%s is refused by the name of its parameter',
    async (list) => {
      const api = testApi();
      const { status, body } = await send(api, { body: tasks(list) });
      expect([status, body]).toMatchObject([
        ...[400, { Code: 'InvalidParameter', Message: expect.stringMatching(/^Tasks: .*JSON/) }],
      ]);
      expect(api.callsOf('taskBatches.update')).toEqual([]);
    },
  );
});

describe('lists', () => {
  const list = (api: TestApi, params: Record<string, string>) =>
    send(api, {
      action: 'ListTaskInstances',
      body: form({ Bizdate: '1767225600000', ...params }),
    });

  test.each([
    [{}, { numbers: null, starters: null, backfills: [] }],
    [{ TaskId: '5', WorkflowId: '1' }, { numbers: ['5'] }],
    [{ TaskId: '5', WorkflowId: '77' }, { numbers: [] }],
    [{ WorkflowInstanceType: 'Normal' }, { starters: ['schedule', 'triggers'] }],
    [{ WorkflowInstanceType: 'Manual' }, { starters: ['manual'] }],
    [{ WorkflowInstanceType: 'SupplementData' }, { starters: ['backfill'] }],
    [{ WorkflowInstanceType: 'TriggerWorkflow' }, { starters: [] }],
    [{ WorkflowInstanceId: '9007199254740993' }, { backfills: ['9007199254740993'] }],
    [{ UnifiedWorkflowInstanceId: '3', WorkflowInstanceId: '2' }, { backfills: ['2', '3'] }],
  ])('instances are asked for by %j', async (params, filter) => {
    const api = testApi();
    expect((await list(api, params)).status).toBe(200);
    const [[, asked] = []] = api.callsOf('byNumber.instances');
    expect(asked).toMatchObject(filter);
  });

  test('tasks of another workflow than theirs are none', async () => {
    const api = testApi();
    const call = { action: 'ListTasks', body: form({ WorkflowId: '99' }) };
    expect((await send(api, call)).status).toBe(200);
    expect(api.callsOf('byNumber.tasks')[0]![1]).toMatchObject({ numbers: [] });
  });

  test.each([
    [{ WorkflowInstanceType: 'Foo' }, /^WorkflowInstanceType: it must be one of: Normal, Manual,/],
    [{ WorkflowId: 'x' }, /^WorkflowId: it must be a whole number/],
    [{ Filter: '{"createTimeStart":1}' }, /^Filter: it is not known here/],
  ])('%j is refused by its name', async (params, why) => {
    const api = testApi();
    const { status, body } = await list(api, params as Record<string, string>);
    expect([status, body]).toMatchObject([
      ...[400, { Code: 'InvalidParameter', Message: expect.stringMatching(why) }],
    ]);
    expect(api.callsOf('byNumber.instances')).toEqual([]);
  });
});

test('DW-43: a backfill too large to be started unasked is refused, with the way to start it', async () => {
  const api = testApi();
  api.scheduling.byNumber.supplement = () =>
    Promise.reject(new TablegateError('confirmationNeeded', 'Send "confirm".'));
  const action = 'CreateWorkflowInstances';
  const { status, body } = await send(api, { action, body: form(actions.get(action)!.example) });
  expect([status, body.Code]).toEqual([400, 'InvalidParameter']);
  expect(body.Message).toMatch(/^Periods\.BizDates: .*10000.*\/api\/v1\/backfills/);
});

test('what the service says of our fields is told with the vendor’s names', async () => {
  const api = testApi();
  const message = 'it comes before recurrence.startTime';
  const fields = [{ path: 'recurrence.endTime', message }];
  const error = new TablegateError('invalidInput', message, { fields });
  api.scheduling.taskBatches.update = () => Promise.resolve([{ error }]);
  const answer = await send(api, { body: tasks('[{"Id":1}]') });
  expect(answer.body.SuccessInfo).toEqual({
    1: { Success: false, Message: 'Trigger.EndTime: it comes before Trigger.StartTime' },
  });
});

test('DW-03, DW-42: what the service refuses is told in the vendor’s codes', async () => {
  const codes = {
    editionTooLow: [403, 'Forbidden.Access'],
    storeUnavailable: [503, 'ServiceUnavailable'],
    taskImported: [409, 'TaskImported'],
  } as const;
  for (const [code, [status, told]] of Object.entries(codes)) {
    const api = testApi();
    api.scheduling.taskBatches.update = () =>
      Promise.reject(new TablegateError(code as keyof typeof codes, 'It is so.'));
    expect(await refusal(send(api, {}), status)).toBe(told);
  }
  const api = testApi();
  api.scheduling.taskBatches.update = () => Promise.reject(new Error('a secret of the machine'));
  const answer = await send(api, {});
  expect([answer.status, answer.body]).toMatchObject([500, { Code: 'InternalError' }]);
  expect(answer.text).not.toContain('secret');
  expect(api.logged()).toContain(answer.body.RequestId as string);
});
