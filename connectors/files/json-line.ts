/** A line of JSON as cells: texts without their quotes, numbers digit by digit, all else as JSON. */
import { LosslessNumber, parse, stringify } from 'lossless-json';
import type { Cell } from '../../model/transfer-types';

/** @param names keys of the columns */
export function cellsOfLine(text: string, names: readonly string[]): Cell[] {
  const value = parse(text) as Record<string, unknown>;
  return names.map((name) => cellOf(Object.hasOwn(value, name) ? value[name] : null));
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof LosslessNumber) return value.value;
  return typeof value === 'boolean' ? String(value) : stringify(value)!;
}
