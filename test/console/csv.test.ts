import { csvCell, csvOf } from '../../console/ui/csv';

test('lists become lines with quotes where they are needed', () => {
  const rows = [
    ['Ann, "A"', 3],
    [null, 'two\nlines'],
  ];
  expect(csvOf(['name', 'runs'], rows)).toBe('name,runs\r\n"Ann, ""A""",3\r\n,"two\nlines"\r\n');
});

test.each(['=1+1', '+1', '-1', '@x', '\tx'])(
  'text that a spreadsheet would run is kept as text: %j',
  (text) => {
    expect(csvCell(text)).toMatch(/^"?'/);
  },
);

test('numbers stay numbers, negative ones too', () => {
  expect(csvCell(-1)).toBe('-1');
});
