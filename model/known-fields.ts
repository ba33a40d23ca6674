/** Looks into a schema for the names that would have been right. */
import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** @returns names of the fields at `path` of what the schema reads; empty where any name goes */
export function knownFields(schema: Schema, path: readonly PropertyKey[]): string[] {
  const found = path.reduce<Schema[]>(
    (schemas, step) => schemas.flatMap(unwrap).flatMap((one) => stepInto(one, step)),
    [schema],
  );
  return [...new Set(found.flatMap(unwrap).flatMap(fieldsOf))];
}

/** The schemas behind optional, default, transform and union. */
function unwrap(schema: Schema): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
      return unwrap(def.innerType);
    case 'pipe':
      return unwrap(def.in);
    case 'union':
      return def.options.flatMap(unwrap);
    default:
      return [schema];
  }
}

function stepInto(schema: Schema, step: PropertyKey): Schema[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === 'array') return [def.element];
  if (def.type === 'record') return [def.valueType];
  const field = def.type === 'object' ? def.shape[String(step)] : undefined;
  return field ? [field] : [];
}

function fieldsOf(schema: Schema): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'object' ? Object.keys(def.shape) : [];
}
