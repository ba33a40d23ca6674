import type { z } from 'zod';
import type { FieldError } from '../model/errors';

/** Path of a field as callers read it: `tables[1].name`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** What a zod error says, field by field, below a given path. */
export function fieldErrors(error: z.ZodError, below: readonly PropertyKey[] = []): FieldError[] {
  return error.issues.map((issue) => ({
    path: fieldPath([...below, ...issue.path]),
    message: issue.message,
  }));
}
