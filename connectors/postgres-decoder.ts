/** PostgreSQL's binary rows as columns for DuckDB, without a text of any value between. */
import path from 'node:path';
import type { TransferColumn } from '../model/transfer-types';
import type { GroupSizes } from './group-sizes';
import type { ColumnValues, PhysicalType } from './parquet-file';
import { StagedFile, type TakeRelation } from './staged-rows';
import { quoteIdentifier } from './sql-text';
import type { ColumnPair } from './transfer';

/** A value that the quick way does not take; all rows then go the other way. */
export class NotDecodable extends Error {}

/** Adds the value at `at`, of `length` bytes. */
type Decode = (values: ColumnValues, bytes: Buffer, at: number, length: number) => void;

interface Decoder {
  staged: PhysicalType;
  decode: Decode;
  /** The staged value as what the column holds. */
  sql(cell: string): string;
}

const asIs = (cell: string) => cell;

/** Microseconds between 1970 and 2000, where PostgreSQL begins to count. */
const epochMicros = 946_684_800_000_000;
const epochDays = 10_957;
const word = 4_294_967_296;

/** A call that copies costs more than copying so few bytes. */
const fewBytes = 40;

const addText: Decode = (values, bytes, at, length) => {
  const to = values.reserve(4 + length);
  const { data } = values;
  data.writeUInt32LE(length, to);
  if (length > fewBytes) bytes.copy(data, to + 4, at, at + length);
  else for (let index = 0; index < length; index += 1) data[to + 4 + index] = bytes[at + index]!;
  values.addPresent();
};

function addInt32(values: ColumnValues, value: number): void {
  const to = values.reserve(4);
  values.data.writeInt32LE(value, to);
  values.addPresent();
}

/** @param value exact, so below 2^53 */
function addInt64(values: ColumnValues, value: number): void {
  const to = values.reserve(8);
  const high = Math.floor(value / word);
  values.data.writeUInt32LE(value - high * word, to);
  values.data.writeInt32LE(high, to + 4);
  values.addPresent();
}

/** The bytes of a number, the other way round. */
function reversed(size: 4 | 8): Decode {
  return (values, bytes, at) => {
    const to = values.reserve(size);
    const { data } = values;
    for (let index = 0; index < size; index += 1) data[to + index] = bytes[at + size - 1 - index]!;
    values.addPresent();
  };
}

const addDate: Decode = (values, bytes, at) => {
  const days = bytes.readInt32BE(at);
  if (days === 2_147_483_647 || days === -2_147_483_648) throw new NotDecodable('infinity');
  addInt32(values, days + epochDays);
};

function microsAt(bytes: Buffer, at: number): number {
  const micros = bytes.readInt32BE(at) * word + bytes.readUInt32BE(at + 4);
  if (!Number.isSafeInteger(micros)) throw new NotDecodable('a time far away');
  return micros;
}

const addTimestamp: Decode = (values, bytes, at) => {
  const micros = microsAt(bytes, at) + epochMicros;
  if (!Number.isSafeInteger(micros)) throw new NotDecodable('a time far away');
  addInt64(values, micros);
};

const hex = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;

const addUuid: Decode = (values, bytes, at, length) => {
  values.addText(bytes.toString('hex', at, at + length).replace(hex, '$1-$2-$3-$4-$5'));
};

const addJsonb: Decode = (values, bytes, at, length) => addText(values, bytes, at + 1, length - 1);

/** Groups of four digits, the weight of the first, the sign and the digits that are shown. */
function numericText(bytes: Buffer, at: number): string {
  const groups = bytes.readUInt16BE(at);
  const weight = bytes.readInt16BE(at + 2);
  const sign = bytes.readUInt16BE(at + 4);
  const scale = bytes.readUInt16BE(at + 6);
  if (sign !== 0 && sign !== 0x4000) throw new NotDecodable('NaN or infinity');
  const groupAt = (index: number) =>
    index >= 0 && index < groups ? bytes.readUInt16BE(at + 8 + 2 * index) : 0;
  let whole = '';
  for (let index = 0; index <= weight; index += 1) {
    whole += index === 0 ? String(groupAt(0)) : String(groupAt(index)).padStart(4, '0');
  }
  let fraction = '';
  for (let index = weight + 1; fraction.length < scale; index += 1) {
    fraction += String(groupAt(index)).padStart(4, '0');
  }
  const digits = `${whole || '0'}${scale === 0 ? '' : `.${fraction.slice(0, scale)}`}`;
  return sign === 0x4000 ? `-${digits}` : digits;
}

const addNumericText: Decode = (values, bytes, at) => values.addText(numericText(bytes, at));

/** The same for numbers of more digits than a floating-point number has. */
function addLargeNumeric(
  values: ColumnValues,
  text: string,
  precision: number,
  scale: number,
): void {
  const [whole = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction.slice(scale))) throw new NotDecodable('too exact');
  const value = BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
  if ((value < 0n ? -value : value) >= 10n ** BigInt(precision)) {
    throw new NotDecodable('out of range');
  }
  const to = values.reserve(8);
  values.data.writeBigInt64LE(value, to);
  values.addPresent();
}

/** A number as a whole one of so many digits after the point. */
function scaledNumeric(precision: number, scale: number): Decode {
  const limit = 10 ** precision;
  return (values, bytes, at) => {
    const groups = bytes.readUInt16BE(at);
    const weight = bytes.readInt16BE(at + 2);
    const sign = bytes.readUInt16BE(at + 4);
    if (sign !== 0 && sign !== 0x4000) throw new NotDecodable('NaN or infinity');
    let value = 0;
    for (let index = 0; index < groups; index += 1) {
      value = value * 10_000 + bytes.readUInt16BE(at + 8 + 2 * index);
    }
    if (groups > 3 || scale > 8) {
      addLargeNumeric(values, numericText(bytes, at), precision, scale);
      return;
    }
    // The last group stands for 10000^(weight - groups + 1).
    const shift = (weight - groups + 1) * 4 + scale;
    if (shift >= 0) value *= 10 ** shift;
    else {
      const divisor = 10 ** -shift;
      if (value % divisor !== 0) throw new NotDecodable('too exact');
      value /= divisor;
    }
    if (!Number.isSafeInteger(value)) {
      addLargeNumeric(values, numericText(bytes, at), precision, scale);
      return;
    }
    if (value >= limit) throw new NotDecodable('out of range');
    addInt64(values, sign === 0x4000 ? -value : value);
  };
}

/** Of a decimal that takes eight bytes. */
const mostDigits = 18;

function numericDecoder({ type, vendorType }: TransferColumn): Decoder | null {
  if (type.kind === 'text') return { staged: 'text', decode: addNumericText, sql: asIs };
  if (type.kind !== 'decimal' || type.precision === null) return null;
  const scale = type.scale ?? 0;
  if (type.precision > mostDigits) return null;
  return {
    staged: { type: 'decimal', precision: type.precision, scale },
    decode: scaledNumeric(type.precision, scale),
    sql: (cell) => `CAST(${cell} AS ${vendorType})`,
  };
}

function integerDecoder(bits: 16 | 32 | 64, { type, vendorType }: TransferColumn): Decoder | null {
  const span = 1n << BigInt(bits - 1);
  if (type.kind !== 'integer' || type.min > -span || type.max < span - 1n) return null;
  const sql = (cell: string) => `CAST(${cell} AS ${vendorType})`;
  if (bits === 64) return { staged: 'int64', decode: reversed(8), sql };
  if (bits === 32) return { staged: 'int32', decode: reversed(4), sql };
  const decode: Decode = (values, bytes, at) => addInt32(values, bytes.readInt16BE(at));
  return { staged: 'int32', decode, sql };
}

/** By PostgreSQL's number of the type. */
function decoderOf(typeId: number, target: TransferColumn): Decoder | null {
  const { kind } = target.type;
  const only = (wanted: string[], decoder: Decoder) => (wanted.includes(kind) ? decoder : null);
  const { vendorType } = target;
  const cast = (cell: string) => `CAST(${cell} AS ${vendorType})`;
  switch (typeId) {
    case 16:
      return only(['boolean'], {
        staged: 'int32',
        decode: (values, bytes, at) => addInt32(values, bytes[at]!),
        sql: (cell) => `(${cell} <> 0)`,
      });
    case 21:
      return integerDecoder(16, target);
    case 23:
      return integerDecoder(32, target);
    case 20:
      return integerDecoder(64, target);
    case 700:
      return vendorType === 'FLOAT' ? { staged: 'float', decode: reversed(4), sql: asIs } : null;
    case 701:
      return vendorType === 'DOUBLE' ? { staged: 'double', decode: reversed(8), sql: asIs } : null;
    case 25:
    case 1042:
    case 1043:
      return vendorType === 'VARCHAR' ? { staged: 'text', decode: addText, sql: asIs } : null;
    case 17:
      return only(['bytes'], { staged: 'bytes', decode: addText, sql: asIs });
    case 114:
      return only(['json'], { staged: 'text', decode: addText, sql: cast });
    case 3802:
      return only(['json'], { staged: 'text', decode: addJsonb, sql: cast });
    case 2950:
      return only(['uuid'], { staged: 'text', decode: addUuid, sql: cast });
    case 1082:
      return only(['date'], { staged: 'date', decode: addDate, sql: asIs });
    case 1114:
      return vendorType === 'TIMESTAMP'
        ? { staged: 'int64', decode: addTimestamp, sql: (cell) => `make_timestamp(${cell})` }
        : null;
    case 1184:
      return vendorType === 'TIMESTAMP WITH TIME ZONE'
        ? { staged: 'timestamptz', decode: addTimestamp, sql: asIs }
        : null;
    case 1700:
      return numericDecoder(target);
    default:
      return null;
  }
}

/** Rows of one copy. */
export class PostgresDecoder {
  readonly #file: StagedFile;
  readonly #decoders: Decoder[];
  /** For each field of a row the columns that it goes into. */
  readonly #places: number[][];
  readonly #targets: TransferColumn[];

  private constructor(
    scratchDir: string,
    pairs: ColumnPair[],
    decoders: Decoder[],
    fields: number,
    take: TakeRelation | null,
  ) {
    this.#decoders = decoders;
    this.#targets = pairs.map(({ target }) => target);
    this.#places = Array.from({ length: fields }, (_, field) =>
      pairs.flatMap(({ source }, index) => (source === field ? [index] : [])),
    );
    this.#file = new StagedFile(
      path.join(scratchDir, `decoded-${process.hrtime.bigint()}.parquet`),
      decoders.map(({ staged }) => staged),
      take && ((relation, sizes) => take(this.#named(relation), sizes)),
    );
  }

  /**
   * @param take see `StagedFile`
   * @returns null where one of the columns has to go through its text
   */
  static of(
    scratchDir: string,
    typeIds: number[],
    pairs: ColumnPair[],
    take: TakeRelation | null,
  ): PostgresDecoder | null {
    const decoders = pairs.map(({ source, target }) => decoderOf(typeIds[source]!, target));
    const known = decoders.filter((decoder) => decoder !== null);
    if (known.length < pairs.length) return null;
    return new PostgresDecoder(scratchDir, pairs, known, typeIds.length, take);
  }

  get sizes(): GroupSizes {
    return this.#file.sizes;
  }

  /**
   * @param bytes whole rows
   * @throws NotDecodable
   */
  async add(bytes: Buffer): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      at = this.#addRow(bytes, at);
      // Large rows come in chunks of many; a group is not to grow beyond what it may.
      if ((this.#file.values[0]!.rows & 4095) === 0) await this.#file.flush();
    }
    await this.#file.flush();
  }

  #addRow(bytes: Buffer, start: number): number {
    const { values } = this.#file;
    const fields = bytes.readInt16BE(start);
    let at = start + 2;
    for (let field = 0; field < fields; field += 1) {
      const length = bytes.readInt32BE(at);
      at += 4;
      const places = this.#places[field]!;
      for (let index = 0; index < places.length; index += 1) {
        const place = places[index]!;
        if (length >= 0) this.#decoders[place]!.decode(values[place]!, bytes, at, length);
        else if (this.#targets[place]!.nullable) values[place]!.addNull();
        else throw new NotDecodable('NULL');
      }
      if (length > 0) at += length;
    }
    return at;
  }

  /** @returns a relation with the columns under their names, and `file_row_number` */
  async finish(): Promise<string> {
    return this.#named(await this.#file.finish());
  }

  #named(relation: string): string {
    const cells = this.#decoders.map(
      ({ sql }, index) => `${sql(`c${index}`)} AS ${quoteIdentifier(this.#targets[index]!.name)}`,
    );
    return `(SELECT ${cells.join(', ')}, file_row_number FROM ${relation})`;
  }

  async discard(): Promise<void> {
    await this.#file.discard();
  }
}
