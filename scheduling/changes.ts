/** What a change has changed, as the audit keeps it. */
import { isDeepStrictEqual } from 'node:util';

/** Former and new value of each field that differs. */
export interface Changes {
  before: Record<string, unknown>;
  after: Record<string, unknown>;
}

/** @param fields the fields to look at; those of `after` where none are named */
export function changesBetween<T extends object>(
  before: T,
  after: T,
  fields: readonly (keyof T & string)[] = Object.keys(after) as (keyof T & string)[],
): Changes {
  const [former, present] = [asJson(before), asJson(after)];
  const changed = fields.filter((name) => !isDeepStrictEqual(former[name], present[name]));
  const of = (values: Record<string, unknown>) =>
    Object.fromEntries(changed.map((name) => [name, values[name] ?? null]));
  return { before: of(former), after: of(present) };
}

/** As it is stored: what is undefined is not there. */
function asJson(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
}
