/** `ETag` and `If-Match` on tasks. */
import type { Problem } from '../../api/errors/problem';
import { etagOf, versionIfMatch } from '../../api/etag';
import { TablegateError } from '../../model/errors';
import { task, taskBody, taskId } from '../support/samples';
import { testApi } from '../support/test-api';

const path = `/api/v1/tasks/${taskId}`;

test.each([
  ['"3"', 3],
  ['W/"3"', 3],
  ['*', null],
  [undefined, null],
])('If-Match: %s asks for version %s', (ifMatch, version) => {
  expect(versionIfMatch(ifMatch)).toBe(version);
});

test.each(['3', '"abc"', '"3", "4"', '""', 'W/3', ''])(
  'If-Match: %s is 400 and changes nothing',
  async (ifMatch) => {
    const api = testApi();
    const answer = await api
      .send('developer', 'patch', path)
      .set('If-Match', ifMatch)
      .send({ name: 'x' });
    expect(answer.status).toBe(400);
    expect((answer.body as Problem).errors?.[0]?.path).toBe('If-Match');
    expect(api.callsOf('tasks.edit')).toEqual([]);
  },
);

test('PATCH, PUT and DELETE hand the version on', async () => {
  const api = testApi();
  const sent = (method: string) => api.send('developer', method, path).set('If-Match', 'W/"8"');
  await sent('patch').send({ name: 'x' });
  await sent('put').send(taskBody);
  await sent('delete');
  expect(api.callsOf('tasks.edit')[0]?.at(-1)).toBe(8);
  expect(api.callsOf('tasks.replace')[0]?.at(-1)).toBe(8);
  expect(api.callsOf('tasks.remove')[0]?.slice(2)).toEqual([8, false]);
});

test('a version that is not the present one is 412', async () => {
  const api = testApi();
  api.scheduling.tasks.edit = () =>
    Promise.reject(new TablegateError('staleVersion', 'It is at version 4'));
  const answer = await api.send('developer', 'patch', path).set('If-Match', '"3"').send({});
  expect([answer.status, (answer.body as Problem).code]).toEqual([412, 'staleVersion']);
});

test('If-None-Match gets the whole task: its gate changes without its version', async () => {
  const answer = await testApi().send('viewer', 'get', path).set('If-None-Match', '"3"');
  expect([answer.status, answer.body]).toEqual([200, task]);
});

test('what has no version has no ETag', () => {
  expect(etagOf({ version: 3 })).toBe('"3"');
  for (const body of [null, 'text', {}]) expect(etagOf(body)).toBeNull();
});
