/** Which columns are suggested as IDs, and how sure that is. */
import { suggestIdTypes } from '../../model/id-suggestions';
import { idTypeSchema } from '../../model/id-types';

const column = (name: string, values: (string | null)[], type = 'VARCHAR') => {
  const [suggestion] = suggestIdTypes(
    [{ name, type }],
    values.map((value) => [value]),
  );
  return suggestion!;
};
const said = (name: string, values: (string | null)[], type?: string) => {
  const { idType, confidence } = column(name, values, type);
  return [idType, confidence];
};

const mails = ['a@x.org', 'B.c@mail.example', 'd+e@x.co', 'f@y.cn', 'g@z.de'];
const phones = ['13800138000', '13900139000', '+86 138 0013 8001', '15012345678', '18612345678'];
const numbers = ['1', '22', '333', '4444', '55555'];
const words = ['red', 'green', 'blue', 'black', 'white'];
const uuids = mails.map((_, nr) => `123e4567-e89b-12d3-a456-42661417400${nr}`);
const md5s = mails.map((_, nr) => `${nr}`.repeat(32));

test.each([
  ['mail', mails, 'email', 'high'],
  ['E-Mail', mails, 'email', 'high'],
  ['邮箱', mails, 'email', 'high'],
  ['contact', mails, 'email', 'high'],
  ['mobile', phones, 'phone', 'high'],
  ['customerPhone', phones, 'phone', 'high'],
  ['手机号', phones, 'phone', 'high'],
  ['x', phones.map((phone) => phone.replaceAll(' ', '')), 'phone', 'low'],
  ['phone_md5', md5s, 'phone_md5', 'high'],
  ['Email MD5', md5s, 'email_md5', 'high'],
  ['IDFA', uuids, 'idfa', 'high'],
  ['whatever', uuids, 'uuid', 'low'],
  ['member_id', numbers, 'member_id', 'high'],
  ['Member#', numbers, 'member_id', 'high'],
  ['userId', numbers, 'user_id', 'high'],
  ['客户号', numbers, 'customer_id', 'high'],
  ['openid', words, 'openid', 'high'],
])('%s holding %p is %s', (name, values, idType, confidence) => {
  expect(said(name, values)).toEqual([idType, confidence]);
});

test.each([
  ['order_id', numbers],
  ['amount', numbers],
  ['colour', words],
  ['hotel', words],
  ['emailed', numbers],
  ['user_agent', words],
])('%s holding %p is none', (name, values) => {
  expect(column(name, values)).toMatchObject({ idType: null, confidence: null, byName: false });
});

test('values go before a name that they contradict', () => {
  expect(said('phone', mails)).toEqual(['email', 'high']);
  expect(said('email', words)).toEqual([null, null]);
});

test('a name without values to support it, or with some that do not, is less sure', () => {
  expect(column('mobile', [null, '', '  '])).toMatchObject({
    ...{ idType: 'phone', confidence: 'low', values: 0, matching: 0 },
  });
  expect(said('mobile', [...phones.slice(0, 3), 'none', 'unknown'])).toEqual(['phone', 'low']);
});

test('a few values say nothing by themselves', () => {
  expect(said('contact', mails.slice(0, 4))).toEqual([null, null]);
});

test('it tells how many values were looked at, and how many have the form', () => {
  expect(column('mail', [...mails, null, 'none'])).toEqual({
    ...{ column: 'mail', type: 'VARCHAR', idType: 'email', confidence: 'high', byName: true },
    ...{ values: 6, matching: 5 },
  });
  expect(column('member_id', numbers)).toMatchObject({ matching: null });
});

test.each(['BOOLEAN', 'DATE', 'TIMESTAMP WITH TIME ZONE', 'DOUBLE', 'DECIMAL(18,3)'])(
  'a column of type %s holds no IDs',
  (type) => {
    expect(said('phone', phones, type)).toEqual([null, null]);
  },
);

test('each column of a table is told in its place, by types that a mapping takes', () => {
  const columns = ['id', 'mail', 'mobile'].map((name) => ({ name, type: 'VARCHAR' }));
  const rows = mails.map((mail, nr) => [String(nr), mail, phones[nr]!]);
  const suggestions = suggestIdTypes(columns, rows);
  expect(suggestions.map(({ idType }) => idType)).toEqual([null, 'email', 'phone']);
  for (const { idType } of suggestions.slice(1)) expect(idTypeSchema.parse(idType)).toBe(idType);
});
