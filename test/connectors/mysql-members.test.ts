import { misplaced } from '../../connectors/mysql/write-rows';
import { plainText } from '../../model/transfer-types';

it('a number that is no value of an enum or a set is refused, as MySQL would take it for a place', () => {
  const column = (name: string, vendorType: string) => {
    return { name, vendorType, type: plainText, nullable: true };
  };
  const columns = [column('a', "enum('x','it''s','7')"), column('b', "set('p','q')")];
  const judged = (a: string, b: string | null) => misplaced([a, b], columns);
  expect(judged('1', 'p')).toBe('a: 1 is none of the values of the column');
  expect(judged('x', '3')).toBe('b: 3 is none of the values of the column');
  expect([judged('7', null), judged("it's", 'p,q')]).toEqual([null, null]);
  expect(misplaced(['1'], [column('c', 'varchar(9)')])).toBeNull();
});
