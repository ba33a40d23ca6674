import { TablegateError } from '../model/errors';
import type { TableRef } from './connector';

/** The refusal for a table that the source does not have. */
export function tableNotFound(ref: TableRef, place: string): TablegateError {
  return new TablegateError(
    'tableNotFound',
    `There is no table ${ref.schema}.${ref.table} in ${place}.`,
  );
}
