/** MySQL's and MariaDB's types as a transfer sees them, and the other way round. */
import {
  integerType,
  type TimeRange,
  type TransferColumn,
  type TransferType,
} from '../../model/transfer-types';

/** A column as `information_schema.columns` has it. */
export interface MysqlColumn {
  name: string;
  /** As in `varchar`. */
  dataType: string;
  /** As in `int(10) unsigned`. */
  columnType: string;
  characters: number | null;
  bytes: number | null;
  precision: number | null;
  scale: number | null;
  /** Digits after the point of seconds. */
  digits: number;
  charset: string | null;
}

const range = (first: string, last: string): TimeRange => {
  return { first, last, infinite: false, zero: true };
};
const dateRange = range('0000-01-01 00:00:00', '9999-12-31 23:59:59.999999');
const stampRange = range('1970-01-01 00:00:01', '2038-01-19 03:14:07.999999');

const integerBits: Record<string, number> = {
  tinyint: 8,
  smallint: 16,
  mediumint: 24,
  int: 32,
  bigint: 64,
};

/** Longest that texts of each name hold, in bytes. */
const textBytes: Record<string, number> = {
  tinytext: 255,
  text: 65_535,
  mediumtext: 16_777_215,
  longtext: 4_294_967_295,
};
const blobBytes: Record<string, number> = {
  tinyblob: 255,
  blob: 65_535,
  mediumblob: 16_777_215,
  longblob: 4_294_967_295,
};

function text(
  maxCharacters: number | null,
  maxBytes: number | null,
  charset: string | null,
): TransferType {
  const astral = charset !== 'utf8' && charset !== 'utf8mb3' && charset !== 'ucs2';
  return { kind: 'text', maxCharacters, maxBytes, nul: true, astral };
}

export function typeOfMysql(column: MysqlColumn): TransferType {
  const { dataType, columnType, charset, characters, bytes, precision, scale, digits } = column;
  const bits = integerBits[dataType];
  if (bits !== undefined) return integerType(bits, !/unsigned/.test(columnType));
  if (dataType in textBytes) return text(null, textBytes[dataType]!, charset);
  if (dataType in blobBytes) return { kind: 'bytes', maxBytes: blobBytes[dataType]! };
  switch (dataType) {
    case 'year':
      return { kind: 'integer', min: 0n, max: 2155n };
    case 'decimal':
      return { kind: 'decimal', precision: precision ?? 10, scale: scale ?? 0, special: false };
    case 'float':
      return { kind: 'float', bits: 32, special: false };
    case 'double':
      return { kind: 'float', bits: 64, special: false };
    case 'varchar':
      return text(characters, null, charset);
    case 'char':
      return { ...text(characters, null, charset), padded: true } as TransferType;
    case 'enum':
    case 'set':
      return text(null, null, charset);
    case 'binary':
    case 'varbinary':
      return { kind: 'bytes', maxBytes: bytes };
    case 'date':
      return { kind: 'date', range: dateRange };
    case 'time':
      return { kind: 'time', digits, zone: false, longest: 839 };
    case 'datetime':
      return { kind: 'timestamp', digits, zone: false, range: dateRange };
    case 'timestamp':
      return { kind: 'timestamp', digits, zone: true, range: stampRange };
    case 'json':
      return { kind: 'json' };
    case 'uuid':
      return { kind: 'uuid' };
    case 'bit':
      return precision === 1 ? { kind: 'boolean' } : { kind: 'bits', length: precision ?? 1 };
    default:
      return { kind: 'other', name: dataType };
  }
}

const utf8 = 'CHARACTER SET utf8mb4';
/** Longest that a column of a table takes beside others. */
const mostCharacters = 1_000;

/** The type of a column that is made for one of a source. */
export function mysqlTypeLike({ type, vendorType }: TransferColumn): string {
  switch (type.kind) {
    case 'boolean':
      return 'tinyint(1)';
    case 'integer':
      return integerLike(type);
    case 'decimal':
      if (type.precision === null || type.precision > 65 || (type.scale ?? 0) > 30)
        return `longtext ${utf8}`;
      return `decimal(${type.precision},${type.scale ?? 0})`;
    case 'float':
      return type.bits === 32 ? 'float' : 'double';
    case 'bytes':
      return 'longblob';
    case 'date':
      return 'date';
    case 'time':
      return type.zone || type.digits > 6 ? `varchar(40) ${utf8}` : `time(${type.digits})`;
    case 'timestamp':
      return type.digits > 6 ? `varchar(40) ${utf8}` : `datetime(${type.digits})`;
    case 'json':
      return 'json';
    case 'uuid':
      return `char(36) ${utf8}`;
    case 'text':
      return type.maxCharacters === null || type.maxCharacters > mostCharacters
        ? `longtext ${utf8}`
        : `varchar(${type.maxCharacters}) ${utf8}`;
    case 'bits':
      return type.length !== null && type.length <= 64 ? `bit(${type.length})` : `longtext ${utf8}`;
    case 'interval':
    case 'other':
      return /^(year|enum|set|geometry|point)\b/.test(vendorType) ? vendorType : `longtext ${utf8}`;
  }
}

function integerLike({ min, max }: Extract<TransferType, { kind: 'integer' }>): string {
  const fits = Object.entries(integerBits).flatMap(([name, bits]) =>
    [true, false].map((signed) => {
      const type = integerType(bits, signed) as Extract<TransferType, { kind: 'integer' }>;
      return {
        name: signed ? name : `${name} unsigned`,
        holds: type.min <= min && type.max >= max,
      };
    }),
  );
  return fits.find(({ holds }) => holds)?.name ?? 'decimal(65,0)';
}
