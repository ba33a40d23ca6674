/** One statement that writes any number of rows, each only where it is newer than what is there. */
import { CompiledQuery, type Transaction } from 'kysely';
import { schemaName, type Tables } from './schema';
import { storableJson } from './storable';

export interface UpsertTarget {
  table: keyof Tables;
  /** Columns of the primary key. */
  key: readonly string[];
  /** Column that grows with every change of a row. */
  version: string;
  /** All columns, with their types in PostgreSQL. */
  columns: Readonly<Record<string, string>>;
}

/**
 * Makes the statement's writer. The rows travel as one JSON parameter: a statement of thousands of
 * parameters costs more to build and to read than to run.
 * @returns a function that writes rows, at most one of each key, and gives back how many were new
 *   or newer
 */
export function versionedUpsert<Row extends Record<string, unknown>>(
  target: UpsertTarget,
): (transaction: Transaction<Tables>, rows: readonly Row[]) => Promise<number> {
  const text = upsertText(target);
  return async (transaction, rows) => {
    if (rows.length === 0) return 0;
    const statement = CompiledQuery.raw(text, [storableJson(rows)]);
    const { numAffectedRows } = await transaction.executeQuery(statement);
    return Number(numAffectedRows);
  };
}

function upsertText({ table, key, version, columns }: UpsertTarget): string {
  const names = Object.keys(columns);
  const list = names.join(', ');
  const typed = names.map((name) => `${name} ${columns[name]}`).join(', ');
  const changes = names
    .filter((name) => !key.includes(name))
    .map((name) => `${name} = excluded.${name}`)
    .join(', ');
  // In order of the key, so that two batches over the same rows cannot wait for each other.
  return `insert into ${schemaName}.${table} as present (${list})
    select ${list} from json_to_recordset($1::json) as sent (${typed}) order by ${key.join(', ')}
    on conflict (${key.join(', ')}) do update set ${changes}
    where excluded.${version} > present.${version}`;
}

/** The newest of each key: one statement may not touch a row twice. */
export function newestOfEach<Item extends { version: number }>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Item[] {
  const newest = new Map<string, Item>();
  for (const item of items) {
    const known = newest.get(keyOf(item));
    if (!known || item.version > known.version) newest.set(keyOf(item), item);
  }
  return [...newest.values()];
}
