/** Reasons of failed runs are kept in English; the console says the most common ones in its language. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pickColumns, tableNotFound } from '../../connectors/columns';
import { reasonText } from '../../console/ui/failure-reason';
import { en } from '../../console/i18n/en';
import { fill, type Translate } from '../../console/i18n/fill';
import { zh } from '../../console/i18n/zh';

const inEnglish: Translate = (key, values = {}) => fill(en[key], values);
const inChinese: Translate = (key, values = {}) => fill(zh[key], values);

function messageOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

const noTable = tableNotFound({ schema: 'main', table: 'orders' }, 'the folder /data').message;
const noColumn = messageOf(() => pickColumns([{ name: 'a', type: 'T' }], ['b'], 'x.csv'));

/** Where a sentence comes from, as it is written there. */
const written: [file: string, source: string, sentence: string][] = [
  [
    'activities/resolve-sources.ts',
    'There is no connection ${name}.',
    'There is no connection crm.',
  ],
  [
    'activities/resolve-sources.ts',
    ': the table is not registered any more.',
    'crm.main.a: the table is not registered any more.',
  ],
  [
    'activities/resolve-sources.ts',
    ': the table has no ID mapping any more.',
    'crm.main.a: the table has no ID mapping any more.',
  ],
  [
    'activities/run-job.ts',
    'The job took longer than its limit of ${timeout} s.',
    'The job took longer than its limit of 60 s.',
  ],
  [
    'workflows/task-run.ts',
    'The job did not come to an end: its workers were lost again and again.',
    'The job did not come to an end: its workers were lost again and again.',
  ],
  ['workflows/task-run.ts', 'cancelled: ${reason}', 'cancelled: in Temporal'],
  [
    'workflows/task-run.ts',
    'Try ${record.tries} failed: ${outcome.reason}',
    `Try 2 failed: crm.main.orders: ${noTable}`,
  ],
  [
    'workflows/run-watch.ts',
    'its workflow was ended in Temporal',
    'The run was lost: its workflow was ended in Temporal.',
  ],
  ['scheduling/runs.ts', 'by ${caller.name}', 'cancelled: by ann'],
  ['model/task-steps/definition.ts', 'task removed', 'cancelled: task removed'],
  ['model/task-steps/cells.ts', 'backfill cancelled', 'cancelled: backfill cancelled'],
  [
    'connectors/server-errors.ts',
    'refuses connections: nothing listens there',
    'source shop: MySQL at db:3306 refuses connections: nothing listens there.',
  ],
  [
    'connectors/server-errors.ts',
    'does not answer',
    'shop.a.b: PostgreSQL at db:5432 does not answer.',
  ],
  [
    'connectors/server-errors.ts',
    'cannot be reached',
    'shop.a.b: PostgreSQL at db:5432 cannot be reached.',
  ],
];

test.each(written)('%s still says "%s"', (file, source) => {
  expect(readFileSync(path.join(__dirname, '../..', file), 'utf8')).toContain(source);
});

const noTableThere = tableNotFound({ schema: 'a', table: 'b' }, 'shop at db:5432').message;

test.each([
  noTable,
  noTableThere,
  `crm.main.orders: ${noTable}`,
  noColumn,
  ...written.map(([, , text]) => text),
])('in English "%s" is said as it is, and in Chinese it is Chinese', (text) => {
  expect(reasonText(text, inEnglish)).toBe(text);
  expect(reasonText(text, inChinese)).toMatch(/\p{Script=Han}/u);
});

test('what a reason is about stays, with its names and numbers', () => {
  expect(reasonText(`Try 2 failed: crm.main.orders: ${noTable}`, inChinese)).toBe(
    '第 2 次尝试失败：crm.main.orders: 文件夹 /data 中没有表 main.orders。',
  );
  expect(reasonText(`Try 3 failed: source crm: ${noColumn}`, inChinese)).toBe(
    '第 3 次尝试失败：source crm: x.csv 没有列 "b"；现有的列："a"。',
  );
  expect(reasonText('The job took longer than its limit of 60 s.', inChinese)).toContain('60 秒');
});

test.each(['the disk is full', 'a: b: c', '', 'cancelled: {who}', '<b>There is no table'])(
  'any other text is left as it is: "%s"',
  (text) => expect(reasonText(text, inChinese)).toBe(text),
);
