/** One document of all surfaces: what each call needs, and how programs make it. */
import { wholeDocument } from '../../api/app';
import { bodyExamples } from '../../api/openapi/examples';
import { curlOf, pythonLiteral, pythonText, type CodeSample } from '../../api/openapi/samples';
import { routes } from '../../api/routes';
import { roles } from '../../model/people';
import { keyOf, sessionTokenOf } from '../support/fake-scheduling';
import { settings, testApi } from '../support/test-api';

interface Operation {
  tags: string[];
  'x-role': string;
  'x-codeSamples'?: CodeSample[];
  'x-actions'?: { name: string; role: string; 'x-codeSamples': CodeSample[] }[];
}

const { paths } = wholeDocument(settings) as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
);

test('DW-04: every surface is in the document', () => {
  const tags = new Set(operations.flatMap(([, { tags: own }]) => own));
  expect([...tags]).toEqual(
    expect.arrayContaining(['Tasks', 'Trigger URLs', 'Aloudata', 'DataWorks', 'DataArts']),
  );
});

test.each(operations)(
  'DW-04: %s says what role it needs, and how it is called',
  (_name, operation) => {
    expect(['public', ...roles]).toContain(operation['x-role']);
    const calls = operation['x-actions'] ?? [{ ...operation, role: operation['x-role'] }];
    for (const call of calls) {
      expect(['public', ...roles]).toContain(call.role);
      const samples = call['x-codeSamples']!;
      expect(samples.map(({ label }) => label)).toEqual(expect.arrayContaining(['curl', 'Python']));
      for (const { source } of samples) expect(source).not.toMatch(/undefined|\[object/);
    }
  },
);

test('DW-04: calls of vendors that have an SDK are shown in it', () => {
  const ofTag = (tag: string) => operations.filter(([, { tags: own }]) => own.includes(tag));
  const [[, dataWorks]] = ofTag('DataWorks') as [(typeof operations)[number]];
  for (const action of dataWorks['x-actions']!) {
    const sdk = action['x-codeSamples'].find(({ label }) => label === 'SDK (Python)')!;
    expect(sdk.source).toContain(`models.${action.name}Request()`);
  }
  // The rest are calls of the identity service, which the SDK makes by itself.
  const signed = ofTag('DataArts').filter(([name]) => name.includes('/metadata/'));
  for (const [, operation] of signed) {
    expect(operation['x-codeSamples']!.map(({ label }) => label)).toContain('SDK (Python)');
  }
});

test.each(Object.entries(bodyExamples))('the example of %s is a good body', (name, example) => {
  const route = routes.find(({ method, path }) => `${method} ${path}` === name);
  expect(route?.body?.safeParse(example)).toMatchObject({ success: true });
});

test('no credential stands in a sample, but its variable', () => {
  const url = 'http://gate.test/x';
  const request = { method: 'POST', url, headers: { Authorization: 'Bearer $TABLEGATE_KEY' } };
  expect(curlOf({ ...request, form: { Tasks: `it's` } })).toBe(
    [
      `curl -X POST 'http://gate.test/x'`,
      `  -H "Authorization: Bearer $TABLEGATE_KEY"`,
      `  --data-urlencode 'Tasks=it'\\''s'`,
    ].join(' \\\n'),
  );
  expect(pythonText('Bearer $TABLEGATE_KEY')).toBe('"Bearer " + os.environ["TABLEGATE_KEY"]');
});

test('values are written as Python has them', () => {
  expect(pythonLiteral({ a: [true, false, null], b: 'x"y' })).toBe(
    '{"a": [True, False, None], "b": "x\\"y"}',
  );
});

describe.each([
  ['DataWorks', '/', { 'x-acs-action': 'BatchUpdateTasks', 'x-acs-version': '2024-05-18' }],
  ['DataArts', '/v3/default/metadata/tasks/search', { workspace: 'default' }],
])('DW-04: a signed-in browser tries %s', (_name, path, headers) => {
  const port = new URL(settings.publicUrl).port;
  const cookie = (token: string) => `tablegate_session${port === '' ? '' : `_${port}`}=${token}`;

  test('with the token against forged requests, and not without it', async () => {
    const api = testApi();
    const post = () =>
      api
        .send(null, 'post', path)
        .set(headers)
        .set('Cookie', cookie(sessionTokenOf('admin')));
    const forged = await post().send({});
    expect(forged.status).toBe(403);
    const session = await api
      .send(null, 'get', '/api/v1/session')
      .set('Cookie', cookie(sessionTokenOf('admin')));
    const { csrfToken } = session.body as { csrfToken: string };
    const tried = await post().set('X-CSRF-Token', csrfToken).send({});
    expect(tried.status).toBe(200);
  });

  test('and a stranger is refused in the words of the surface', async () => {
    const api = testApi();
    const answer = await api.send(null, 'post', path).set(headers).send({});
    expect([400, 401]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain(keyOf('admin'));
  });
});
