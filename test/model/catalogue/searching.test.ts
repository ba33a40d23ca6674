import {
  answers,
  documentOf,
  isNamed,
  searchQueryOf,
  termsOf,
} from '../../../model/catalogue/search-terms';

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
      ['C', 'an id'],
      ['C', null],
    ]),
  ).toBe("'orders':1A,2B '<orders' '>orders' 'id':2B,3C '>id' 'an':3C");
  expect(documentOf([['C', "x'; drop\\ table:1A <c =y"]])).toBe(
    "'x':3C 'drop':3C 'table':3C '1a':3C '1':3C 'a':3C 'c':3C 'y':3C",
  );
});

test('a name that is found by all of it too has that as a term of its own, which no word is', () => {
  expect(documentOf([['B', ' Customer_ID ', 'whole']])).toBe(
    "'=customer_id' 'customer':2B '>customer' 'id':2B '>id'",
  );
  expect(documentOf([['B', "it's:1A", 'whole']])).toContain("'=it''s:1a'");
  expect(documentOf([['B', '数'.repeat(9_999), 'whole']])).toContain(`'=${'数'.repeat(255)}' `);
  expect(isNamed('Customer_ID', ' customer_id')).toBe(true);
  expect(isNamed('customer_id_2', 'customer_id')).toBe(false);
});

test('a question asks for the beginnings of words, and for letters side by side', () => {
  expect(searchQueryOf('cust Mob')).toEqual({
    all: "'cust':* & 'mob':*",
    named: "'<cust':* & '<mob':*",
    column: "'=cust mob'",
    names: "('<cust':* | '>cust':*) & ('<mob':* | '>mob':*)",
    exactNames: "('<cust' | '>cust') & ('<mob' | '>mob')",
    exact: "'cust' & 'mob'",
    whole: 'cust Mob',
  });
  expect(searchQueryOf('客户手')).toMatchObject({
    ...{ all: "'客户' & '户手'", named: "'<客户' & '<户手'", column: "'=客户手'" },
  });
  expect(searchQueryOf('客')?.all).toBe("'客':*");
  expect(searchQueryOf(' & | !')).toBeNull();
});

test('tells which names answer a question', () => {
  expect(answers('customer_mobile', 'mob')).toBe(true);
  expect(answers('customer_mobile', 'obile')).toBe(false);
  expect(answers('客户手机号', '手机')).toBe(true);
  expect(answers('客户手机号', '号')).toBe(true);
});
