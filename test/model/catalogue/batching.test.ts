import { batchesOf } from '../../../model/catalogue/batches';

const most = { tables: 3, columns: 100 };
const sizesOf = (sizes: number[]) => batchesOf(sizes, (size) => size, most);

test('tables come together as long as neither they nor their columns are too many', () => {
  expect(sizesOf([])).toEqual([]);
  expect(sizesOf([10, 20, 30, 40])).toEqual([[10, 20, 30], [40]]);
  expect(sizesOf([60, 40, 1])).toEqual([[60, 40], [1]]);
  expect(sizesOf([60, 41, 59, 1])).toEqual([[60], [41, 59], [1]]);
});

test('a table that is too wide by itself comes alone', () => {
  expect(sizesOf([1, 1_600, 1, 0])).toEqual([[1], [1_600], [1, 0]]);
});
