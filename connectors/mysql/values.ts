/** How the values of a column come out of MySQL: as text that says all there is. */
import { decimalType } from '../csv-copy';
import type { MysqlColumn } from './catalog';
import { quoteIdentifier } from './names';

const integers: Record<string, [signed: string, unsigned: string]> = {
  tinyint: ['TINYINT', 'UTINYINT'],
  smallint: ['SMALLINT', 'USMALLINT'],
  mediumint: ['INTEGER', 'UINTEGER'],
  int: ['INTEGER', 'UINTEGER'],
  bigint: ['BIGINT', 'UBIGINT'],
};

const binary = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'];
const shapes = [
  ...['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring'],
  ...['multipolygon', 'geometrycollection', 'geomcollection'],
];

/** Type of DuckDB that holds every value of a column; what has none comes as MySQL writes it. */
export function duckdbType({ dataType, type, precision, scale }: MysqlColumn): string {
  const integer = integers[dataType];
  if (integer) return type.includes('unsigned') ? integer[1] : integer[0];
  if (dataType === 'decimal') return decimalType(precision, scale);
  if (dataType === 'float') return 'FLOAT';
  if (dataType === 'double') return 'DOUBLE';
  return dataType === 'bit' ? 'UBIGINT' : 'VARCHAR';
}

/** Texts of these differ between MySQL and DuckDB. */
export function isFloat({ dataType }: MysqlColumn): boolean {
  return dataType === 'float' || dataType === 'double';
}

/** The expression of a column's text; bytes come as `0x` and hex digits. */
export function textSql({ name, dataType, type }: MysqlColumn): string {
  const column = quoteIdentifier(name);
  if (binary.includes(dataType)) return `CONCAT('0x', LOWER(HEX(${column})))`;
  if (shapes.includes(dataType)) return `ST_AsText(${column})`;
  // Six digits of it are shown where it does not count as a number of double precision.
  if (dataType === 'float') return `${column} + 0e0`;
  if (dataType === 'bit' || type.includes('zerofill')) return `${column} + 0`;
  return column;
}
