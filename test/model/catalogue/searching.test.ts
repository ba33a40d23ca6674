import { answers, documentOf, searchQueryOf, termsOf } from '../../../model/catalogue/search-terms';

test('names have the parts that they are made of', () => {
  expect(termsOf('customerMobile2')).toEqual(['customermobile2', 'customer', 'mobile', '2']);
  expect(termsOf('ODS_OrderItem')).toEqual(['ods', 'orderitem', 'order', 'item']);
  expect(termsOf('HTTPServer')).toEqual(['httpserver', 'http', 'server']);
  expect(termsOf('straße café')).toEqual(['straße', 'café']);
  expect(termsOf('  -- ; ')).toEqual([]);
});

test('scripts without blanks have their letters two by two', () => {
  expect(termsOf('客户手机号')).toEqual(['客户', '户手', '手机', '机号', '号']);
  expect(termsOf('ods客户表')).toEqual(['客户', '户表', '表', 'ods']);
});

test('a document holds each term once, with all that it weighs, and no syntax of others', () => {
  expect(
    documentOf([
      ['A', 'orders'],
      ['B', 'orders_id'],
      ['C', null],
    ]),
  ).toBe("'orders':1A,2B 'id':2B");
  expect(documentOf([['A', "x'; drop\\ table:1A"]])).toBe(
    "'x':1A 'drop':1A 'table':1A '1a':1A '1':1A 'a':1A",
  );
});

test('a question asks for the beginnings of words, and for letters side by side', () => {
  expect(searchQueryOf('cust Mob')).toEqual({
    all: "'cust':* & 'mob':*",
    named: "'cust':*A & 'mob':*A",
    exact: "'cust' & 'mob'",
    whole: 'cust Mob',
  });
  expect(searchQueryOf('客户手')?.all).toBe("'客户' & '户手'");
  expect(searchQueryOf('客')?.all).toBe("'客':*");
  expect(searchQueryOf(' & | !')).toBeNull();
});

test('tells which names answer a question', () => {
  expect(answers('customer_mobile', 'mob')).toBe(true);
  expect(answers('customer_mobile', 'obile')).toBe(false);
  expect(answers('客户手机号', '手机')).toBe(true);
  expect(answers('客户手机号', '号')).toBe(true);
});
