/** Lists of the catalogue, one table of it, and all of it. */
import { sql } from 'kysely';
import type {
  CatalogueFilter,
  CatalogueTable,
  CatalogueTableWithColumns,
} from '../../model/catalogue/catalogue';
import type { TableKind, TableOutline } from '../../model/catalogue/collected';
import { mostCounted, type CountedPage } from '../../model/page';
import { Paging } from '../paging';
import type { Database } from '../schema';
import type { CatalogueChoices, PageRequest } from '../store';
import { tableColumns, tableOf, wholeColumns, wholeTableOf } from './rows';

/** The tables that a filter lets through. */
export function chosenTables(db: Database, tenant: string, filter: CatalogueFilter) {
  return db
    .selectFrom('catalog_tables as chosen')
    .where('chosen.tenant', '=', tenant)
    .$if(filter.connection !== null, (query) =>
      query.where('chosen.connection', '=', filter.connection!),
    )
    .$if(filter.schema !== null, (query) => query.where('chosen.schema_name', '=', filter.schema!))
    .$if(filter.kind !== null, (query) =>
      query.where(sql<boolean>`chosen.kind = ${filter.kind}::text`),
    )
    .$if(filter.class !== null, (query) =>
      query.where(sql<boolean>`chosen.class_names @> array[${filter.class}::text]`),
    )
    .$if(filter.tag !== null, (query) =>
      query.where(sql<boolean>`chosen.tags @> array[${filter.tag}::text]`),
    )
    .$if(filter.owner !== null, (query) => query.where('chosen.owner', '=', filter.owner!))
    .$if(filter.deleted !== null, (query) =>
      query.where('chosen.deleted_at', filter.deleted ? 'is not' : 'is', null),
    );
}

export async function listTables(
  db: Database,
  tenant: string,
  filter: CatalogueFilter,
  page: PageRequest,
): Promise<CountedPage<CatalogueTable>> {
  const scope = ['catalogue', tenant, ...Object.values(filter)] as (string | boolean | null)[];
  const paging = new Paging(scope, page, { by: 'text', order: 'asc' });
  const rows = await chosenTables(db, tenant, filter)
    .select(tableColumns)
    .where(paging.after('chosen.name', 'chosen.name'))
    .orderBy('chosen.name')
    .limit(paging.limit)
    .execute();
  const counted = chosenTables(db, tenant, filter)
    .select('chosen.name')
    .limit(mostCounted + 1);
  const { found } = await db
    .selectFrom(counted.as('counted'))
    .select(sql<number>`count(*)::int`.as('found'))
    .executeTakeFirstOrThrow();
  return {
    ...paging.page(rows, ({ name }) => ({ at: name, id: name }), tableOf),
    total: { count: Math.min(found, mostCounted), more: found > mostCounted },
  };
}

export async function findTable(
  db: Database,
  tenant: string,
  name: string,
): Promise<CatalogueTableWithColumns | null> {
  const row = await db
    .selectFrom('catalog_tables')
    .select(wholeColumns)
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .executeTakeFirst();
  return row ? wholeTableOf(row) : null;
}

/** Those of the named ones that there are, in that order. */
export async function someTables(
  db: Database,
  tenant: string,
  names: readonly string[],
): Promise<CatalogueTableWithColumns[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom('catalog_tables')
    .select(wholeColumns)
    .where('tenant', '=', tenant)
    .where(sql<boolean>`name = any(${names}::text[])`)
    .execute();
  const byName = new Map(rows.map((row) => [row.name, wholeTableOf(row)]));
  return names.flatMap((name) => byName.get(name) ?? []);
}

export async function outlines(
  db: Database,
  tenant: string,
  names: readonly string[],
): Promise<TableOutline[]> {
  const rows = await db
    .selectFrom('catalog_tables')
    .select(['name', 'schema_name', 'table_name', 'kind', 'definition', 'facts'])
    .where('tenant', '=', tenant)
    .where(sql<boolean>`name = any(${names}::text[])`)
    .execute();
  const byName = new Map(
    rows.map(({ name, schema_name: schema, table_name: table, kind, definition, facts }) => [
      name,
      {
        ...{ name, schema, table, kind: kind as TableKind, rows: facts.rows },
        columns: definition.columns.map((column) => ({
          ...{ name: column.name, type: column.type, comment: column.comment },
        })),
      },
    ]),
  );
  return names.flatMap((name) => byName.get(name) ?? []);
}

/** Tables that are read at once, with their columns: some have a thousand and more. */
const atOnce = 50;

export async function* allTables(
  db: Database,
  tenant: string,
  filter: CatalogueFilter,
): AsyncIterable<CatalogueTableWithColumns[]> {
  for (let after: string | null = ''; after !== null;) {
    const rows = await chosenTables(db, tenant, filter)
      .select(wholeColumns)
      .where('chosen.name', '>', after)
      .orderBy('chosen.name')
      .limit(atOnce)
      .execute();
    if (rows.length > 0) yield rows.map(wholeTableOf);
    after = rows.length < atOnce ? null : rows.at(-1)!.name;
  }
}

const mostChoices = 1_000;

export async function choices(db: Database, tenant: string): Promise<CatalogueChoices> {
  const distinct = async (value: string): Promise<string[]> => {
    const { rows } = await sql<{ value: string }>`
      select distinct ${sql.raw(value)} as value from tablegate.catalog_tables
      where tenant = ${tenant} order by 1 limit ${mostChoices}`.execute(db);
    return rows.flatMap((row) => row.value ?? []);
  };
  return {
    connections: await distinct('connection'),
    schemas: await distinct('schema_name'),
    tags: await distinct('unnest(tags)'),
    classes: await distinct('unnest(class_names)'),
    owners: await distinct('owner'),
  };
}

export async function knows(db: Database, tenant: string, name: string): Promise<boolean> {
  const row = await db
    .selectFrom('catalog_tables')
    .select('name')
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}
