/** What a table is found by: one document of three parts, each written by other hands. */
import type { ColumnNote } from '../../model/catalogue/catalogue';
import type { ColumnClassification } from '../../model/catalogue/classify-schema';
import type { TableDefinition } from '../../model/catalogue/collected';
import { documentOf, type Weighted } from '../../model/catalogue/search-terms';

export function collectedDocument(
  { connection, schema, table }: { connection: string; schema: string; table: string },
  { comment, columns }: TableDefinition,
): string {
  return documentOf([
    ['A', table],
    ['D', schema],
    ['D', connection],
    ['C', comment],
    ...columns.flatMap((column): Weighted => [
      ['B', column.name, 'whole'],
      ['C', column.comment],
    ]),
  ]);
}

export function classesDocument(classes: Record<string, ColumnClassification[]>): string {
  return documentOf(classNames(classes).map((name) => ['C', name] as const));
}

export function classNames(classes: Record<string, ColumnClassification[]>): string[] {
  const names = Object.values(classes).flatMap((some) => some.map((one) => one.class));
  return [...new Set(names)].toSorted();
}

export function peopleDocument(said: {
  description: string | null;
  owner: string | null;
  tags: readonly string[];
  notes: Record<string, ColumnNote>;
}): string {
  return documentOf([
    ['C', said.description],
    ['D', said.owner],
    ...said.tags.map((tag) => ['B', tag] as const),
    ...Object.values(said.notes).flatMap(({ description, tags }): Weighted => [
      ['C', description],
      ...tags.map((tag) => ['B', tag] as const),
    ]),
  ]);
}
