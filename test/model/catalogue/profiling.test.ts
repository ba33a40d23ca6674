import { keptValue, profileValues, withoutValues } from '../../../model/catalogue/profile';

const numbers = Array.from({ length: 100 }, (_, n) => String(n));

test('numbers are ordered as numbers, texts as texts', () => {
  expect(profileValues('INTEGER', numbers, 100)).toMatchObject({
    ...{ nullShare: 0, distinct: 100, min: '0', max: '99' },
    quantiles: ['5', '25', '50', '75', '95'],
    top: [],
  });
  expect(profileValues('VARCHAR', numbers, 100)).toMatchObject({ max: '99', quantiles: null });
  expect(profileValues('VARCHAR', ['10', '9'], 2)).toMatchObject({ min: '10', max: '9' });
});

test('what is no number comes after all numbers, and money is weighed', () => {
  const odd = ['2', 'NaN', '-Infinity', '10', 'NaN', 'Infinity', '1'];
  expect(profileValues('double precision', odd, 7)).toMatchObject({
    ...{ min: '-Infinity', max: 'NaN' },
    quantiles: ['-Infinity', '1', '10', 'NaN', 'NaN'],
  });
  expect(profileValues('money', ['$9.00', '-$3.50', '$1,200.00'], 3)).toMatchObject({
    ...{ min: '-$3.50', max: '$1,200.00' },
  });
});

test('lists have no quantiles', () => {
  expect(profileValues('integer[]', ['{1}', '{2}'], 2)).toMatchObject({
    min: '{1}',
    quantiles: null,
  });
  expect(profileValues('DATE[]', ['[2026-01-01]'], 1).quantiles).toBeNull();
});

test('the most frequent values come with their share of all rows', () => {
  const { top, nullShare, distinct } = profileValues('VARCHAR', ['a', 'b', 'a', null], 4);
  expect(top).toEqual([
    { value: 'a', share: 0.5 },
    { value: 'b', share: 0.25 },
  ]);
  expect({ nullShare, distinct }).toEqual({ nullShare: 0.25, distinct: 2 });
});

test('of a sample the distinct values of all rows are estimated', () => {
  expect(profileValues('INTEGER', numbers, 1_000_000).distinct).toBe(1_000_000);
  const few = Array.from({ length: 100 }, (_, n) => String(n % 5));
  expect(profileValues('INTEGER', few, 1_000_000).distinct).toBe(5);
  expect(profileValues('INTEGER', [], 10)).toMatchObject({ nullShare: null, distinct: null });
});

test('long values are cut, between letters, and none is kept of personal data', () => {
  expect(keptValue('😀'.repeat(101))).toBe(`${'😀'.repeat(100)}…`);
  expect(withoutValues(profileValues('VARCHAR', ['a', 'a'], 2))).toEqual({
    ...{ nullShare: 0, distinct: 1, min: null, max: null, quantiles: null, top: [] },
    withheld: true,
  });
});
