/** Look-ups over HTTP: what reaches the service, and what refusals look like. */
import type { Problem } from '../../api/errors/problem';
import { TablegateError, type ErrorCode } from '../../model/errors';
import { idChain, lookedUpUser, taskId } from '../support/samples';
import { testApi } from '../support/test-api';

const base = `/api/v1/tasks/${taskId}/id-mapping`;

test('an ID is asked for with its type in small letters and its value as it was sent', async () => {
  const api = testApi();
  const answer = await api.send('viewer', 'get', `${base}/user?idType=Phone&value=%20%2B49%2030+1`);
  expect([answer.status, answer.body]).toEqual([200, lookedUpUser]);
  const [[, id, asked]] = api.callsOf('lookUps.user') as [unknown[]];
  expect([id, asked]).toEqual([taskId, { idType: 'phone', value: ' +49 30 1' }]);
});

test('an ID may be long, and of any characters that a result may hold', async () => {
  const api = testApi();
  const value = `\0\t\r\n\u0085${'x'.repeat(7_995)}`;
  const query = `idType=card&value=${encodeURIComponent(value)}`;
  const answer = await api.send('viewer', 'get', `${base}/user?${query}`);
  expect(answer.status).toBe(200);
  const [[, , asked]] = api.callsOf('lookUps.user') as [unknown[]];
  expect(asked).toEqual({ idType: 'card', value });
});

test('a chain is asked for from one ID to the other', async () => {
  const api = testApi();
  const query = 'fromType=email&fromValue=a%40x.org&toType=phone&toValue=%E6%89%8B';
  const answer = await api.send('viewer', 'get', `${base}/chain?${query}`);
  const ends = {
    from: { idType: 'email', value: 'a@x.org' },
    to: { idType: 'phone', value: '手' },
  };
  expect([answer.status, answer.body]).toEqual([200, { ...idChain, ...ends }]);
  const [[, , asked]] = api.callsOf('lookUps.chain') as [unknown[]];
  expect(asked).toEqual(ends);
});

test.each([
  ['user', 'value=1', 'idType'],
  ['user', 'idType=phone', 'value'],
  ['user', 'idType=phone&value=', 'value'],
  ['user', 'idType=a%20type&value=1', 'idType'],
  ['user', `idType=phone&value=${'1'.repeat(8_001)}`, 'value'],
  ['user', 'idType=phone&value=1&value=2', 'value'],
  ['chain', 'fromType=phone&fromValue=1&toType=phone', 'toValue'],
])('%s?%s is refused, naming the field', async (what, query, path) => {
  const api = testApi();
  const answer = await api.send('viewer', 'get', `${base}/${what}?${query}`);
  const { code, errors } = answer.body as Problem;
  expect([answer.status, code, errors?.map((error) => error.path)]).toEqual([
    ...[400, 'invalidInput', [path]],
  ]);
  expect(api.calls.map(({ name }) => name)).toEqual(['people.authenticate']);
});

const statuses: [code: ErrorCode, status: number, retryAfter: string | undefined][] = [
  ['idNotFound', 404, undefined],
  ['noIdMapping', 409, undefined],
  ['noResult', 409, undefined],
  ['differentUsers', 409, undefined],
  ['sourcesChanged', 409, undefined],
  ['tooManyLookUps', 429, '1'],
  ['lookUpTooLarge', 504, undefined],
  ['workerUnavailable', 503, '5'],
];

test.each(statuses)('%s is answered with %d', async (code, status, retryAfter) => {
  const api = testApi();
  api.scheduling.lookUps.chain = () => Promise.reject(new TablegateError(code, 'It is so.'));
  const query = 'fromType=phone&fromValue=1&toType=phone&toValue=2';
  const answer = await api.send('viewer', 'get', `${base}/chain?${query}`);
  expect(answer.status).toBe(status);
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(answer.body).toMatchObject({ code, detail: 'It is so.' });
});
