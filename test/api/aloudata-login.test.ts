/** Headers and logins of Aloudata's two calls. */
import { credentialTypes, roles, type Role } from '../../model/people';
import { bothCalls, byTime, call, goodHeaders, refusalIn, taken } from '../support/aloudata';
import { credentialOf } from '../support/fake-scheduling';
import { rawSocket } from '../support/raw-socket';
import { listen } from '../../api/main';
import { settings, testApi, type TestApi } from '../support/test-api';

const headersOf = (type: string, value: string, tenant = 'default') => ({
  ...{ 'tenant-id': tenant, 'auth-type': type, 'auth-value': value },
});

/** Nothing was looked up, and nothing reached the service. */
function expectUntouched(api: TestApi): void {
  expect(api.calls).toEqual([]);
}

const names = Object.keys(goodHeaders);

test.each(names)(
  'AC-05, AC-06, AC-07: %s is refused by its name where it is missing, empty or has 33 characters',
  async (name) => {
    const { [name]: _left, ...others } = goodHeaders;
    const empty = { ...others, [name]: '' };
    const long = { ...others, [name]: 'x'.repeat(33) };
    for (const path of bothCalls) {
      const api = testApi();
      const refused = async (headers: Record<string, string>) =>
        refusalIn(await call(api, path, { headers }), 400);
      expect(await refused(others)).toBe(`The header \`${name}\`: it is missing`);
      expect(await refused(empty)).toBe(`The header \`${name}\`: it is missing`);
      const tooLong = `The header \`${name}\`: at most 32 characters are allowed`;
      expect(await refused(long)).toBe(tooLong);
      expectUntouched(api);
    }
  },
);

test.each(names)(
  'AC-05, AC-06, AC-07: %s is refused by its name where it is sent twice, be it the same',
  async (name) => {
    const api = testApi();
    const server = await listen(api.app, settings);
    const { write, ended } = await rawSocket(server.url);
    const lines = [...Object.entries(goodHeaders), [name, goodHeaders[name]]];
    write(
      [`POST ${byTime} HTTP/1.1`, 'host: x', 'connection: close', 'content-length: 0']
        .concat(
          lines.map((pair) => pair.join(': ')),
          '',
          '',
        )
        .join('\r\n'),
    );
    const [head = '', text = ''] = (await ended()).split('\r\n\r\n');
    await server.close();
    expect(refusalIn({ status: Number(head.split(' ')[1]), text }, 400)).toBe(
      `The header \`${name}\`: it is sent more than once`,
    );
    expectUntouched(api);
  },
);

test('AC-05, AC-06, AC-07: several headers that are wrong are all named', async () => {
  const refused = refusalIn(
    await call(testApi(), byTime, {
      headers: { 'auth-type': 'uid', 'auth-value': 'x'.repeat(33) },
    }),
    400,
  );
  for (const name of Object.keys(goodHeaders)) expect(refused).toContain(`\`${name}\`: `);
});

test.each(credentialTypes)('AC-06: %s with its good value lets in, on both paths', async (type) => {
  const api = testApi();
  for (const path of bothCalls) {
    const headers = headersOf(type, credentialOf('operator', type));
    expect((await call(api, path, { headers })).status).toBe(200);
  }
  expect(api.callsOf('people.authenticateTrigger')).toEqual(
    bothCalls.map(() => [{ tenant: 'default', type, value: credentialOf('operator', type) }]),
  );
  expect(taken(api)).toHaveLength(2);
});

test.each(['uid', 'Uid', 'BASIC', 'UID,TOKEN', 'API_KEY', 'constructor'])(
  'AC-06: the auth-type %s is refused, saying which there are',
  async (type) => {
    const api = testApi();
    const headers = headersOf(type, credentialOf('operator', 'UID'));
    const refused = refusalIn(await call(api, byTime, { headers }), 400);
    expect(refused).toBe('The header `auth-type`: it must be one of UID, TOKEN, ACCOUNT, APIKEY');
    expectUntouched(api);
  },
);

test('AC-08, AC-09: a good value under another type is refused, and nothing starts', async () => {
  const api = testApi();
  for (const type of ['TOKEN', 'ACCOUNT', 'APIKEY']) {
    const headers = headersOf(type, credentialOf('operator', 'UID'));
    refusalIn(await call(api, byTime, { headers }), 401);
  }
  expect(taken(api)).toEqual([]);
});

test('AC-07, AC-09: unknown tenant, user and value get one and the same answer, and nothing starts', async () => {
  const api = testApi();
  const refusals = new Set<string>();
  for (const type of credentialTypes) {
    const value = credentialOf('operator', type);
    for (const headers of [
      headersOf(type, value, 'nowhere'),
      headersOf(type, 'nobody'),
      headersOf(type, `${value}x`),
    ]) {
      for (const path of bothCalls) {
        const answer = await call(api, path, { headers });
        expect(answer.headers['www-authenticate']).toBeDefined();
        refusals.add(refusalIn(answer, 401));
      }
    }
  }
  expect(refusals.size).toBe(1);
  expect(taken(api)).toEqual([]);
});

test('AC-09: a stranger learns nothing of his body, however wrong it is', async () => {
  const headers = headersOf('UID', 'nobody');
  const wrong = refusalIn(await call(testApi(), byTime, { headers, body: '{' }), 401);
  expect(wrong).toBe(refusalIn(await call(testApi(), byTime, { headers }), 401));
});

test('a key of an operator, a developer or an admin lets in; one of a viewer is told what is needed', async () => {
  for (const type of ['TOKEN', 'APIKEY'] as const) {
    const api = testApi();
    const byRole = (role: Role) =>
      call(api, byTime, { headers: headersOf(type, credentialOf(role, type)) });
    const answers = await Promise.all(roles.map(byRole));
    expect(answers.map(({ status }) => status)).toEqual([403, 200, 200, 200]);
    expect(refusalIn(answers[0]!, 403)).toContain('This needs the role operator');
    expect(taken(api)).toHaveLength(3);
  }
});

test('UID and ACCOUNT of a viewer are refused as those of nobody: they prove nothing', async () => {
  const api = testApi();
  const stranger = refusalIn(await call(api, byTime, { headers: headersOf('UID', 'nobody') }), 401);
  for (const type of ['UID', 'ACCOUNT'] as const) {
    const headers = headersOf(type, credentialOf('viewer', type));
    expect(refusalIn(await call(api, byTime, { headers }), 401)).toBe(stranger);
  }
});

test('an Authorization header is no login here', async () => {
  const api = testApi();
  const answer = await api.send('admin', 'post', byTime).send({});
  refusalIn(answer, 400);
  expectUntouched(api);
});

test.each([
  ['UTF-8', Buffer.from('客户'.repeat(16)).toString('latin1'), '客户'.repeat(16)],
  ['Latin 1', 'é'.repeat(32), 'é'.repeat(32)],
])('AC-07: 32 characters in %s are taken as the account that they are', async (_, sent, value) => {
  const api = testApi();
  const server = await listen(api.app, settings);
  const headers = headersOf('ACCOUNT', sent);
  const answer = await fetch(server.url + byTime, { method: 'POST', headers });
  await server.close();
  expect(answer.status).toBe(401);
  expect(api.callsOf('people.authenticateTrigger')).toEqual([
    [{ tenant: 'default', type: 'ACCOUNT', value }],
  ]);
});
