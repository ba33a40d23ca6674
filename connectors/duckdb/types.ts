/** DuckDB's types as a transfer sees them, and the other way round. */
import {
  integerType,
  plainText,
  type TimeRange,
  type TransferColumn,
  type TransferType,
} from '../../model/transfer-types';

/** Any day that DuckDB has: more than all other kinds together. */
const range: TimeRange = {
  first: '0001-01-01 00:00:00',
  last: '290000-12-31 00:00:00',
  infinite: true,
  zero: false,
};
const shortRange: TimeRange = {
  ...range,
  first: '1677-09-22 00:00:00',
  last: '2262-04-11 23:47:16',
};

const text: TransferType = { ...plainText };

const plainTypes: Record<string, TransferType> = {
  BOOLEAN: { kind: 'boolean' },
  TINYINT: integerType(8),
  SMALLINT: integerType(16),
  INTEGER: integerType(32),
  BIGINT: integerType(64),
  HUGEINT: integerType(128),
  UTINYINT: integerType(8, false),
  USMALLINT: integerType(16, false),
  UINTEGER: integerType(32, false),
  UBIGINT: integerType(64, false),
  UHUGEINT: integerType(128, false),
  FLOAT: { kind: 'float', bits: 32, special: true },
  DOUBLE: { kind: 'float', bits: 64, special: true },
  VARCHAR: text,
  JSON: { kind: 'json' },
  BLOB: { kind: 'bytes', maxBytes: null },
  DATE: { kind: 'date', range },
  TIME: { kind: 'time', digits: 6, zone: false, longest: 24 },
  TIME_NS: { kind: 'time', digits: 9, zone: false, longest: 24 },
  'TIME WITH TIME ZONE': { kind: 'time', digits: 6, zone: true, longest: 24 },
  TIMESTAMP: { kind: 'timestamp', digits: 6, zone: false, range },
  TIMESTAMP_S: { kind: 'timestamp', digits: 0, zone: false, range },
  TIMESTAMP_MS: { kind: 'timestamp', digits: 3, zone: false, range },
  TIMESTAMP_NS: { kind: 'timestamp', digits: 9, zone: false, range: shortRange },
  'TIMESTAMP WITH TIME ZONE': { kind: 'timestamp', digits: 6, zone: true, range },
  UUID: { kind: 'uuid' },
  INTERVAL: { kind: 'interval' },
  BIT: { kind: 'bits', length: null },
};

/** @param name as DESCRIBE says it */
export function typeOfDuckdb(name: string): TransferType {
  const known = plainTypes[name];
  if (known) return known;
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(name);
  if (decimal) {
    const [precision, scale] = [Number(decimal[1]), Number(decimal[2])];
    return { kind: 'decimal', precision, scale, special: false };
  }
  return name.startsWith('ENUM(') && !name.endsWith(']') ? text : { kind: 'other', name };
}

/** The type of a column that is made for one of a source. */
export function duckdbTypeLike({ type, vendorType }: TransferColumn): string {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'integer':
      return integerLike(type);
    case 'decimal':
      return decimalLike(type);
    case 'float':
      return type.bits === 32 ? 'FLOAT' : 'DOUBLE';
    case 'bytes':
      return 'BLOB';
    case 'date':
      return 'DATE';
    case 'time':
      if (type.longest > 24) return 'INTERVAL';
      return type.zone ? 'TIME WITH TIME ZONE' : type.digits > 6 ? 'TIME_NS' : 'TIME';
    case 'timestamp':
      if (type.zone) return 'TIMESTAMP WITH TIME ZONE';
      return type.digits > 6 ? 'TIMESTAMP_NS' : 'TIMESTAMP';
    case 'json':
      return 'JSON';
    case 'uuid':
      return 'UUID';
    case 'interval':
      return 'INTERVAL';
    case 'bits':
      return 'BIT';
    case 'text':
      return 'VARCHAR';
    case 'other':
      return isOwnType(vendorType) ? vendorType : 'VARCHAR';
  }
}

/** Lists, structs and maps of DuckDB itself; anything else is kept as its text. */
function isOwnType(name: string): boolean {
  return /^(STRUCT|MAP|UNION)\(|^[A-Z].*\[\d*\]$/s.test(name);
}

function integerLike({ min, max }: Extract<TransferType, { kind: 'integer' }>): string {
  const names = ['TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT'];
  const fits = names.find((name) => {
    const type = plainTypes[name] as Extract<TransferType, { kind: 'integer' }>;
    return type.min <= min && type.max >= max;
  });
  return fits ?? 'VARCHAR';
}

/** DuckDB's decimals have 38 digits and a fixed scale; what may have others is kept as text. */
function decimalLike(type: Extract<TransferType, { kind: 'decimal' }>): string {
  if (type.precision === null || type.precision > 38) return 'VARCHAR';
  const scale = type.scale ?? 0;
  return scale < 0 || scale > type.precision ? 'VARCHAR' : `DECIMAL(${type.precision},${scale})`;
}
