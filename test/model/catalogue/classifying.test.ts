import {
  isCardNumber,
  isChineseResidentId,
  isIban,
  isUnifiedSocialCreditCode,
} from '../../../model/catalogue/checksums';
import { classifyColumn } from '../../../model/catalogue/classify';

const classesOf = (name: string, values: (string | null)[], type = 'VARCHAR', comment = '') =>
  classifyColumn({ name, type, comment: comment || null }, values).map(
    (one) => `${one.class} ${one.confidence} ${one.by.join('+')}`,
  );
const many = (make: (n: number) => string) => Array.from({ length: 20 }, (_, n) => make(n));

describe('check digits', () => {
  test.each([
    ['4111 1111 1111 1111', true],
    ['4111 1111 1111 1112', false],
    ['5555555555554444', true],
    ['0000000000000000', false],
    ['1700000000000', false],
  ])('of cards: %s', (text, is) => expect(isCardNumber(text)).toBe(is));

  test.each([
    ['11010519491231002X', true],
    ['11010519491231002x', true],
    ['110105194912310021', false],
    ['11010519491331002X', false],
    ['01010519491231002X', false],
  ])('of Chinese residents: %s', (text, is) => expect(isChineseResidentId(text)).toBe(is));

  test('of bank accounts and organisations', () => {
    expect(isIban('GB82 WEST 1234 5698 7654 32')).toBe(true);
    expect(isIban('GB82 WEST 1234 5698 7654 33')).toBe(false);
    expect(isUnifiedSocialCreditCode('91350100M000100Y43')).toBe(true);
    expect(isUnifiedSocialCreditCode('91350100M000100Y44')).toBe(false);
  });
});

test('a name and its values together say more than either alone', () => {
  const mobiles = many((n) => `138001380${String(n).padStart(2, '0')}`);
  expect(classesOf('mobile', mobiles)).toEqual(['phone 0.88 name+values']);
  expect(classesOf('x1', mobiles)).toEqual(['phone 0.7 values']);
  expect(classesOf('mobile', [])).toEqual(['phone 0.6 name']);
  expect(classesOf('x1', mobiles, 'BIGINT', '用户手机号')).toEqual(['phone 0.85 comment+values']);
  // A name that its values belie, and one that means something else.
  expect(classesOf('mobile', ['iPhone 15', 'Pixel 9', 'Galaxy', 'Xperia', 'Nokia'])).toEqual([]);
  expect(
    classesOf(
      'phone_md5',
      many((n) => `${n}`),
    ),
  ).toEqual([]);
});

test.each<[string, string, (string | null)[], string]>([
  ['e-mail addresses', 'contact', many((n) => `u${n}@x.org`), 'email'],
  ['numbers of residents', 'cert', many(() => '11010519491231002X'), 'identityNumber'],
  ['cards', 'no', many(() => '4111111111111111'), 'cardNumber'],
  ['IP addresses', 'src', many((n) => `10.0.0.${n}`), 'ipAddress'],
  ['IPv6 addresses', 'src', many((n) => `2001:db8::${n}`), 'ipAddress'],
  ['international numbers', 'a', many((n) => `+44 20 7946 09${n + 10}`), 'phone'],
  ['addresses', 'a', many((n) => `${n} Main Street`), 'address'],
  ['Chinese addresses', 'a', many((n) => `北京市朝阳区建国路${n}号`), 'address'],
  ['Chinese names', 'a', many(() => '王小明'), 'personName'],
  ['names by their column', 'firstName', many((n) => `Ann ${n}`), 'personName'],
  ['accounts', 'iban', [], 'bankAccount'],
])('%s are told', (_, column, values, expected) => {
  expect(classesOf(column, values)[0]?.split(' ')[0]).toBe(expected);
});

test.each<[string, (string | null)[], string]>([
  ['created_at', many((n) => `2026-01-${n + 10}`), 'TIMESTAMP'],
  ['amount', many((n) => String(n * 1_000_003)), 'BIGINT'],
  ['at', many((n) => `10:30:${n + 10}`), 'VARCHAR'],
  ['id', many((n) => String(100_000_000 + n)), 'VARCHAR'],
  ['day', many((n) => `2026-01-${n + 10}`), 'VARCHAR'],
  ['version', many((n) => `1.${n}.3`), 'VARCHAR'],
  ['ipad_model', ['a', 'b', 'c', 'd', 'e'], 'VARCHAR'],
  ['product_name', many((n) => `Lamp ${n}`), 'VARCHAR'],
  ['email_address_type', ['home', 'work', 'home', 'work', 'home'], 'VARCHAR'],
  ['nothing', [null, '', '  '], 'VARCHAR'],
])('%s is of no class', (column, values, type) => {
  expect(classesOf(column, values, type)).toEqual([]);
});
