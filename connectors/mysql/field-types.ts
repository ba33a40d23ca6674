/** What the columns of an answer hold, by what MySQL's protocol says of them. */
import type { FieldPacket } from 'mysql2';
import type { TransferColumn } from '../../model/transfer-types';
import { typeOfMysql, type MysqlColumn } from './types';

/** Numbers of the protocol; those that are not here are texts. */
const names: Record<number, string> = {
  ...{ 0: 'decimal', 1: 'tinyint', 2: 'smallint', 3: 'int', 4: 'float', 5: 'double' },
  ...{ 7: 'timestamp', 8: 'bigint', 9: 'mediumint', 10: 'date', 11: 'time', 12: 'datetime' },
  ...{ 13: 'year', 14: 'date', 16: 'bit', 245: 'json', 246: 'decimal', 255: 'longblob' },
};
const unsigned = 32;
/** The character set of bytes that are no text. */
const binary = 63;
/** Bytes that a character of utf8mb4, in which answers come, takes at most. */
const bytesOfCharacter = 4;
/** What the protocol says of texts that have no length of their own. */
const longVarchar = 65_535;

export function columnOfField(field: FieldPacket): TransferColumn {
  const column = mysqlColumn(field);
  return {
    name: field.name,
    type: typeOfMysql(column),
    vendorType: column.columnType,
    nullable: true,
  };
}

function mysqlColumn(field: FieldPacket): MysqlColumn {
  const { decimals, columnLength: length = 0 } = field;
  const isUnsigned = (Number(field.flags) & unsigned) !== 0;
  const dataType = nameOf(field);
  const characters = Math.floor(length / bytesOfCharacter);
  const isDecimal = dataType === 'decimal';
  const precision = isDecimal
    ? length - (decimals > 0 ? 1 : 0) - (isUnsigned ? 0 : 1)
    : dataType === 'bit'
      ? length
      : null;
  return {
    name: field.name,
    dataType,
    columnType: `${nameWithSize(dataType, characters, precision, decimals)}${isUnsigned ? ' unsigned' : ''}`,
    characters,
    bytes: length,
    precision,
    scale: isDecimal ? decimals : null,
    digits: decimals > 6 ? 0 : decimals,
    charset: null,
  };
}

function nameOf(field: FieldPacket): string {
  const number = Number(field.columnType ?? field.type);
  const name = names[number];
  if (name !== undefined) return name;
  if (field.extendedFormat === 'json') return 'json';
  const length = field.columnLength ?? 0;
  if (field.characterSet === binary)
    return length <= longVarchar && number !== 252 ? 'varbinary' : 'longblob';
  const isLong = number >= 249 && number <= 252;
  return isLong || length > longVarchar ? 'longtext' : 'varchar';
}

function nameWithSize(
  name: string,
  characters: number,
  precision: number | null,
  scale: number,
): string {
  if (name === 'decimal') return `decimal(${precision},${scale})`;
  if (name === 'bit') return `bit(${precision})`;
  return name === 'varchar' ? `varchar(${characters})` : name;
}
