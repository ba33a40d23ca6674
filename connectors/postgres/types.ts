/** PostgreSQL's types as a transfer sees them, and the other way round. */
import {
  integerType,
  type TimeRange,
  type TransferColumn,
  type TransferType,
} from '../../model/transfer-types';

const range = (last: string): TimeRange => {
  return { first: '0001-01-01 00:00:00', last, infinite: true, zero: false };
};
const timestampRange = range('294276-12-31 23:59:59');

function text(maxCharacters: number | null, padded = false): TransferType {
  const bounds = { maxCharacters, maxBytes: null, nul: false, astral: true };
  return { kind: 'text', ...bounds, ...(padded && { padded: true as const }) };
}

const times = (modifier: number) => (modifier < 0 ? 6 : modifier);

/** What `numeric` is declared with: digits in all, and of them after the point. */
function numeric(modifier: number): TransferType {
  if (modifier < 4) return { kind: 'decimal', precision: null, scale: null, special: true };
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  return { kind: 'decimal', precision, scale, special: true };
}

/**
 * @param id number of a built-in type; of a domain, of the type below it
 * @param modifier what it is declared with; -1: nothing
 * @param name as `format_type` says it
 */
export function typeOfPostgres(id: number, modifier: number, name: string): TransferType {
  const length = modifier < 4 ? null : modifier - 4;
  switch (id) {
    case 16:
      return { kind: 'boolean' };
    case 21:
      return integerType(16);
    case 23:
      return integerType(32);
    case 20:
      return integerType(64);
    case 26:
      return integerType(32, false);
    case 700:
      return { kind: 'float', bits: 32, special: true };
    case 701:
      return { kind: 'float', bits: 64, special: true };
    case 1700:
      return numeric(modifier);
    case 25:
      return text(null);
    case 1043:
      return text(length);
    case 1042:
      return text(length, true);
    case 19:
      return { ...text(null), maxBytes: 63 } as TransferType;
    case 17:
      return { kind: 'bytes', maxBytes: null };
    case 1082:
      return { kind: 'date', range: range('5874897-12-31') };
    case 1083:
      return { kind: 'time', digits: times(modifier), zone: false, longest: 24 };
    case 1266:
      return { kind: 'time', digits: times(modifier), zone: true, longest: 24 };
    case 1114:
      return { kind: 'timestamp', digits: times(modifier), zone: false, range: timestampRange };
    case 1184:
      return { kind: 'timestamp', digits: times(modifier), zone: true, range: timestampRange };
    case 1186:
      return { kind: 'interval' };
    case 114:
    case 3802:
      return { kind: 'json' };
    case 2950:
      return { kind: 'uuid' };
    case 1560:
      return { kind: 'bits', length: modifier < 0 ? null : modifier };
    case 1562:
      return { kind: 'bits', length: null };
    default:
      return { kind: 'other', name };
  }
}

/** The type of a column that is made for one of a source. */
export function postgresTypeLike({ type, vendorType }: TransferColumn): string {
  switch (type.kind) {
    case 'boolean':
      return 'boolean';
    case 'integer':
      return integerLike(type);
    case 'decimal':
      return decimalLike(type);
    case 'float':
      return type.bits === 32 ? 'real' : 'double precision';
    case 'bytes':
      return 'bytea';
    case 'date':
      return 'date';
    case 'time':
      if (type.longest > 24) return 'interval';
      return type.digits > 6 ? 'text' : type.zone ? 'time with time zone' : 'time';
    case 'timestamp':
      if (type.digits > 6) return 'text';
      return type.zone ? 'timestamp with time zone' : 'timestamp';
    case 'json':
      return vendorType === 'jsonb' ? 'jsonb' : 'json';
    case 'uuid':
      return 'uuid';
    case 'interval':
      return 'interval';
    case 'bits':
      return 'bit varying';
    case 'text':
      return type.maxCharacters === null ? 'text' : `varchar(${type.maxCharacters})`;
    case 'other':
      return isBuiltIn(vendorType) ? vendorType : 'text';
  }
}

/** Types of PostgreSQL itself that have no like elsewhere. */
const builtIn =
  /^(smallint|integer|bigint|real|double precision|numeric(\(\d+,\d+\))?|text|character varying(\(\d+\))?|boolean|date|timestamp with(out)? time zone|uuid|jsonb?|bytea|inet)\[\]$|^(inet|cidr|macaddr8?|money|xml|tsvector|tsquery|point|line|lseg|box|path|polygon|circle|(int4|int8|num|ts|tstz|date)(multi)?range|pg_lsn|oid|"char")$/;

function isBuiltIn(name: string): boolean {
  return builtIn.test(name);
}

function integerLike({ min, max }: Extract<TransferType, { kind: 'integer' }>): string {
  const fits = [
    ['smallint', 16],
    ['integer', 32],
    ['bigint', 64],
  ].find(([, bits]) => {
    const span = 1n << BigInt((bits as number) - 1);
    return min >= -span && max < span;
  });
  return fits ? String(fits[0]) : 'numeric';
}

function decimalLike({ precision, scale }: Extract<TransferType, { kind: 'decimal' }>): string {
  return precision === null || precision > 1000 ? 'numeric' : `numeric(${precision},${scale ?? 0})`;
}
