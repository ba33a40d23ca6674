/** A line of JSON as cells: texts without their quotes, numbers digit by digit, all else as JSON. */
import { LosslessNumber, parse, stringify } from 'lossless-json';
import { DirtyValue } from '../../model/dirty-value';
import type { Cell } from '../../model/transfer-types';
import { messageOf } from '../message-of';

/**
 * @param names keys of the columns
 * @throws DirtyValue for a line that says two things, as where a key is in it twice
 */
export function cellsOfLine(text: string, names: readonly string[]): Cell[] {
  const value = objectIn(text);
  return names.map((name) => cellOf(Object.hasOwn(value, name) ? value[name] : null));
}

function objectIn(text: string): Record<string, unknown> {
  try {
    return parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new DirtyValue(`the line cannot be read: ${messageOf(error)}`);
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (value instanceof LosslessNumber) return value.value;
  return typeof value === 'boolean' ? String(value) : stringify(value)!;
}
