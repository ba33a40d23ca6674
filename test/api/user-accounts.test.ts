/** What may be said of a user's account, and of who may name a user without a key. */
import { testApi } from '../support/test-api';

const create = (body: object) => {
  const api = testApi();
  const answer = api.send('admin', 'post', '/api/v1/users').send({
    ...{ name: 'Ada', role: 'operator' },
    ...body,
  });
  return answer.then(({ status, body: text }) => ({
    ...{ status, sent: api.callsOf('people.createUser')[0]?.[1] },
    errors: (text as { errors?: { path: string }[] }).errors?.map(({ path }) => path),
  }));
};

test('a user has no account and cannot be named without a key, unless that is said', async () => {
  expect(await create({})).toMatchObject({
    ...{ status: 201, sent: { account: null, identityTriggers: false } },
  });
});

test.each([['463663891121963008'], ['客户'.repeat(16)], ['x'.repeat(32)], ['a b@c'], [null]])(
  'the account %j is taken as it is',
  async (account) => {
    const { status, sent } = await create({ account, identityTriggers: true });
    expect([status, sent]).toMatchObject([201, { account, identityTriggers: true }]);
  },
);

test('blanks around an account, which no header keeps, are left out', async () => {
  expect(await create({ account: ' ada ' })).toMatchObject({ sent: { account: 'ada' } });
});

test.each([['x'.repeat(33)], [''], ['  '], ['a\nb'], ['a\u0085b'], [7]])(
  'the account %j is refused by its name',
  async (account) => {
    expect(await create({ account })).toMatchObject({ status: 400, errors: ['account'] });
  },
);

test('a change names only what it changes', async () => {
  const api = testApi();
  for (const change of [{ account: 'ada' }, { account: null }, { identityTriggers: true }, {}]) {
    expect((await api.send('admin', 'patch', '/api/v1/users/u1').send(change)).status).toBe(200);
    expect(api.callsOf('people.updateUser').at(-1)?.[2]).toEqual(change);
  }
  const answer = await api.send('admin', 'patch', '/api/v1/users/u1').send({ identityTriggers: 1 });
  expect(answer.status).toBe(400);
});

test.each([
  ['tn_19487697', 201],
  ['x'.repeat(32), 201],
  ['x'.repeat(33), 400],
  ['_x', 400],
  ['X', 400],
])('a tenant may be called %s: %i', async (id, status) => {
  const answer = await testApi()
    .send('admin', 'post', '/api/v1/tenants')
    .send({ id, name: 'A tenant' });
  expect(answer.status).toBe(status);
});
