import { dateReader, dateWriter, unknownLetter } from '../../model/java-dates';
import { asDate } from '../../model/transfer-times';
import { converterOf } from '../../model/transfer-values';
import { commonRange, integerType, plainText, type TransferType } from '../../model/transfer-types';
import { typeOfDuckdb } from '../../connectors/duckdb/types';
import { typeOfMysql } from '../../connectors/mysql/types';
import { postgresTypeLike, typeOfPostgres } from '../../connectors/postgres/types';
import { keyConditions } from '../../connectors/key-ranges';

const mysql = (dataType: string, more: object = {}): TransferType =>
  typeOfMysql({
    ...{ name: 'a', dataType, columnType: dataType, characters: 10, bytes: 10, precision: null },
    ...{ scale: null, digits: 0, charset: 'utf8mb4', ...more },
  });
const postgres = {
  real: typeOfPostgres(700, -1, 'real'),
  double: typeOfPostgres(701, -1, 'double precision'),
  numeric: typeOfPostgres(1700, ((6 << 16) | 2) + 4, 'numeric(6,2)'),
  date: typeOfPostgres(1082, -1, 'date'),
  stamp: typeOfPostgres(1114, -1, 'timestamp'),
  zoned: typeOfPostgres(1184, 3, 'timestamptz(3)'),
  text: typeOfPostgres(25, -1, 'text'),
  char: typeOfPostgres(1042, 7, 'char(3)'),
};

/** The value as the target has it, or why it does not fit. */
function become(from: TransferType, to: TransferType, value: string | Uint8Array): unknown {
  const convert = converterOf(from, to);
  if (convert === null) return 'never';
  try {
    return convert(value);
  } catch (error) {
    return (error as Error).message;
  }
}
const ofText = (to: TransferType, value: string) => become(plainText, to, value);

describe('a value of one type', () => {
  it('becomes a number where none of its digits is lost', () => {
    expect(
      ['12', ' -7 ', '1.00', '1e2', '128', '1.5', '', 'x'].map((text) =>
        ofText(integerType(8), text),
      ),
    ).toEqual([
      ...['12', '-7', '1', '100', '128 is out of range (-128 to 127)', '1.5 is no whole number'],
      ...[' is no whole number', 'x is no whole number'],
    ]);
    expect(
      ['1.50', '9999.99', '10000', '0.005', 'NaN', '-.5', '1E-2'].map((text) =>
        ofText(postgres.numeric, text),
      ),
    ).toEqual([
      ...['1.5', '9999.99', '10000 is out of range: 4 digits before the point fit'],
      ...['0.005 is too exact: 2 digits after the point fit', 'NaN', '-0.5', '0.01'],
    ]);
    expect(
      ['0.1', '9007199254740993', 'inf', '1e400'].map((text) => ofText(postgres.double, text)),
    ).toEqual([
      ...[
        '0.1',
        '9007199254740993 is too exact for a floating-point number',
        'Infinity',
        '1e400 is out of range',
      ],
    ]);
    expect(ofText(mysql('double'), 'NaN')).toBe('NaN is not among the values of the target');
    expect(ofText(postgres.real, '0.1')).toBe('0.1');
    expect(become(mysql('bit', { precision: 4 }), integerType(8), '0101')).toBe('5');
    expect(become({ kind: 'boolean' }, integerType(8), 'true')).toBe('1');
    expect(become(integerType(8), { kind: 'boolean' }, '2')).toBe('2 is neither true nor false');
  });

  it('becomes a day or time as it is, in UTC where there is a zone', () => {
    expect(
      become(postgres.zoned, mysql('datetime', { digits: 3 }), '2026-01-01 00:30:00.25+00'),
    ).toBe('2026-01-01 00:30:00.25');
    expect(ofText(postgres.zoned, '2026-01-01T00:30:00+02:00')).toBe('2025-12-31 22:30:00+00');
    expect(ofText(postgres.stamp, '2024-02-30 00:00:00')).toBe(
      '2024-02-30 00:00:00 is no day of the calendar',
    );
    expect(become(postgres.stamp, mysql('datetime'), '2026-01-01 00:00:00.5')).toBe(
      '2026-01-01 00:00:00.5 is too exact: 0 digits after the point fit',
    );
    expect(become(postgres.date, mysql('date'), 'infinity')).toBe(
      'infinity is not among the values of the target',
    );
    expect(become(postgres.date, mysql('date'), '0044-03-15 BC')).toBe(
      '0044-03-15 BC is before the first year of the target',
    );
    expect(become(postgres.date, typeOfDuckdb('DATE'), '0044-03-15 BC')).toBe('0044-03-15 BC');
    expect(become(typeOfDuckdb('TIMESTAMP'), postgres.stamp, '0044-03-15 (BC) 01:00:00')).toBe(
      '0044-03-15 01:00:00 BC',
    );
    expect(become(mysql('datetime'), postgres.stamp, '2026-00-10 00:00:00')).toMatch(
      /is no day: the target has no zero dates$/,
    );
    expect(become(mysql('date'), mysql('date'), '0000-00-00')).toBe('0000-00-00');
    expect(become(mysql('datetime'), mysql('date'), '0000-00-00 00:00:00')).toBe('0000-00-00');
    for (const text of ['0000-00-00 01:00:00', '0044-03-15 01:00:00 BC']) {
      expect(() =>
        asDate(text, { kind: 'date', range: { ...commonRange, infinite: true, zero: true } }),
      ).toThrow(/is more than a date$/);
    }
    expect(become(postgres.stamp, mysql('timestamp'), '2040-01-01 00:00:00')).toMatch(
      /after the last time of the target/,
    );
    expect(become(postgres.stamp, postgres.date, '2026-01-01 00:00:01')).toBe(
      '2026-01-01 00:00:01 is more than a date',
    );
    expect(become(mysql('time'), typeOfDuckdb('TIME'), '-01:00:00')).toMatch(
      /is no time of a day of the target$/,
    );
  });

  it('becomes a text where the target takes each of its characters', () => {
    expect(become(plainText, postgres.text, 'a\0')).toBe(
      'holds a NUL character, which the target does not take',
    );
    expect(become(plainText, postgres.char, 'ab   ')).toBe('ab   ');
    expect(become(plainText, postgres.char, '😀😀😀😀')).toBe('has 4 characters; at most 3 fit');
    expect(become(plainText, mysql('tinytext'), 'é'.repeat(128))).toBe(
      'has 256 bytes; at most 255 fit',
    );
    expect(become(plainText, mysql('varchar', { charset: 'utf8mb3' }), '😀')).toMatch(/four bytes/);
    expect(become({ kind: 'bytes', maxBytes: null }, postgres.text, Buffer.from([0xff]))).toBe(
      'holds bytes that are not UTF-8',
    );
    expect(become({ kind: 'other', name: 'integer[]' }, postgres.text, '{1,2}')).toBe('{1,2}');
    expect(become({ kind: 'other', name: 'integer[]' }, integerType(32), '{1}')).toBe('never');
    expect(become(plainText, { kind: 'json' }, '{')).toBe('{ is no JSON');
    expect(become(plainText, { kind: 'uuid' }, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')).toBe(
      'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    );
  });
});

it('dates are read and written in the forms of DataX', () => {
  expect(dateReader('yyyy.MM.dd')('2026.01.31')).toBe('2026-01-31');
  expect(dateReader("yyyyMMdd'T'HHmmss.SSS")('20260131T010203.5')).toBe('2026-01-31 01:02:03.5');
  expect(() => dateReader('yyyy-MM-dd')('31.01.2026')).toThrow(
    '31.01.2026 is no date of the form yyyy-MM-dd',
  );
  expect(dateWriter('dd/MM/yy H:mm:ss.SSS')('2026-01-31 01:02:03.5+00')).toBe(
    '31/01/26 1:02:03.500',
  );
  expect([unknownLetter('yyyy-MM-dd'), unknownLetter('EEE dd')]).toEqual([null, 'E']);
});

it('a table is shared by ranges of its key, each row once', () => {
  const conditions = keyConditions('id', -5n, 94n, 2);
  expect(conditions).toHaveLength(8);
  expect(conditions[0]).toBe('(id IS NULL OR id < 7)');
  expect(conditions.at(-1)).toBe('id >= 82');
  expect(keyConditions('id', 3n, 3n, 4)).toEqual(['1 = 1']);
  expect(keyConditions('id', null, null, 4)).toEqual(['1 = 1']);
});

it('a table that is made holds every value of its source', () => {
  const like = (type: TransferType, vendorType = '') =>
    postgresTypeLike({ name: 'a', type, vendorType, nullable: true });
  expect(like(mysql('bigint', { columnType: 'bigint unsigned' }))).toBe('numeric');
  expect(like(mysql('time'))).toBe('interval');
  expect(like({ kind: 'other', name: 'x' }, 'integer[]')).toBe('integer[]');
  expect(like({ kind: 'other', name: 'x' }, 'MAP(INTEGER, VARCHAR)')).toBe('text');
  expect(like({ kind: 'date', range: commonRange })).toBe('date');
});
