import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { staysAsItIs } from '../../connectors/csv-check';
import { typeOfPostgres } from '../../connectors/postgres/types';

const folder = mkdtempSync(path.join(tmpdir(), 'csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('values that PostgreSQL would move to another day or cut are not taken as they lie', async () => {
  const judged = (text: string, id: number, name: string) => {
    const file = path.join(folder, 'a.csv');
    writeFileSync(file, `${text}\n`);
    const csv = {
      ...{ files: [file], gzip: false, delimiter: ',', header: false, nullText: '' },
      ...{ columns: ['a'], places: [0] },
    };
    const type = typeOfPostgres(id, -1, name);
    const target = { name: 'a', type, vendorType: name, nullable: true };
    return staysAsItIs(csv, [target], new AbortController().signal);
  };
  const stamp = (text: string) => judged(text, 1114, 'timestamp without time zone');
  expect(await stamp('2026-01-01 23:59:59')).toBe(true);
  expect(await stamp('2026-01-01 24:00:00')).toBe(false);
  expect(await stamp('2026-01-01 23:59:60')).toBe(false);
  expect(await judged('é'.repeat(31), 19, 'name')).toBe(true);
  expect(await judged('é'.repeat(32), 19, 'name')).toBe(false);
});
