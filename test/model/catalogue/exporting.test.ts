/** The catalogue as a file for spreadsheets. */
import type { CatalogueTableWithColumns } from '../../../model/catalogue/catalogue';
import { exportedCsv } from '../../../model/catalogue/export';
import { csvCell } from '../../../model/csv-cell';

test('what a spreadsheet would take for a formula gets an apostrophe; what is below zero does not', () => {
  for (const text of ['=1+1', '+49 1', '+1', '-1+cmd()', '-a', '@x', '\tx']) {
    expect(csvCell(text)).toMatch(/^'/);
  }
  for (const text of ['-1', '-0.50', '-1e-7', '12', '']) expect(csvCell(text)).toBe(text);
  expect(csvCell('a,"b"')).toBe('"a,""b"""');
});

test('a profile that begins below zero is exported as it is', async () => {
  const profile = { nullShare: 0, distinct: 2, min: '-40.5', max: '3' };
  const column = { name: '=a', type: 'DOUBLE', nullable: true, inPrimaryKey: false, comment: null };
  const said = { description: null, tags: [], classes: [] };
  const table = { ...{ name: 'dw.main.t', kind: 'table', comment: null, ...said }, version: 1 };
  const whole = {
    ...table,
    owner: null,
    rows: 2,
    bytes: null,
    columns: [{ ...column, ...said, profile }],
  };
  const slices = async function* () {
    yield [whole as unknown as CatalogueTableWithColumns];
  };
  const lines: string[] = [];
  for await (const piece of exportedCsv(slices())) lines.push(piece);
  expect(lines[1]).toMatch(/^dw\.main\.t,table,.*,'=a,DOUBLE,true,false,.*,0,2,-40\.5,3\r\n$/);
});
