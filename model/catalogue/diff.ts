/** What is different between two definitions of a table. */
import { z } from 'zod';
import type { TableDefinition } from './collected';

export const definitionChangeSchema = z.object({
  part: z.enum(['table', 'column', 'index', 'foreignKey']),
  /** Of the column, the index or the key; of the table null. */
  name: z.string().nullable(),
  change: z.enum(['added', 'removed', 'changed']),
  /** What of it was changed; null where it was added or removed. */
  field: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});
export type DefinitionChange = z.infer<typeof definitionChangeSchema>;

interface Named {
  name: string;
}

/**
 * Columns that stand in another order are one change of the table, `columnOrder`, and only where
 * those that both have stand otherwise.
 * @param before null: there is nothing before
 */
export function diffDefinitions(
  before: TableDefinition | null,
  after: TableDefinition,
): DefinitionChange[] {
  if (before === null) return [];
  const tableFields = ['kind', 'comment', 'primaryKey', 'partitionedBy'] as const;
  return [
    ...fieldChanges('table', null, pick(before, tableFields), pick(after, tableFields)),
    ...orderChange(before, after),
    ...partChanges('column', before.columns, after.columns),
    ...partChanges('index', before.indexes, after.indexes),
    ...partChanges('foreignKey', before.foreignKeys, after.foreignKeys),
  ];
}

function pick<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  keys: readonly Key[],
): Record<string, unknown> {
  return Object.fromEntries(keys.map((key) => [key, whole[key]]));
}

function fieldChanges(
  part: DefinitionChange['part'],
  name: string | null,
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): DefinitionChange[] {
  return Object.keys(after).flatMap((field) =>
    isSame(before[field], after[field])
      ? []
      : [{ part, name, change: 'changed', field, before: before[field], after: after[field] }],
  );
}

function partChanges(
  part: DefinitionChange['part'],
  before: readonly Named[],
  after: readonly Named[],
): DefinitionChange[] {
  const former = new Map(before.map((one) => [one.name, one]));
  const present = new Map(after.map((one) => [one.name, one]));
  const removed = before.filter(({ name }) => !present.has(name));
  return [
    ...removed.map((one): DefinitionChange => ({
      ...{ part, name: one.name, change: 'removed', field: null, before: one, after: null },
    })),
    ...after.flatMap((one): DefinitionChange[] => {
      const was = former.get(one.name);
      if (was === undefined) {
        return [{ part, name: one.name, change: 'added', field: null, before: null, after: one }];
      }
      return fieldChanges(part, one.name, { ...was }, { ...one });
    }),
  ];
}

function orderChange(before: TableDefinition, after: TableDefinition): DefinitionChange[] {
  const names = ({ columns }: TableDefinition) => columns.map(({ name }) => name);
  const [former, present] = [new Set(names(before)), new Set(names(after))];
  const kept = names(before).filter((name) => present.has(name));
  const now = names(after).filter((name) => former.has(name));
  if (isSame(kept, now)) return [];
  return [
    {
      ...{ part: 'table', name: null, change: 'changed', field: 'columnOrder' },
      before: names(before),
      after: names(after),
    },
  ];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
