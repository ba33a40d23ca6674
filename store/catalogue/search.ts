/**
 * Search over the catalogue. However many tables a question finds, only some are weighed: those
 * whose own name answers come first, so that the time does not grow with the catalogue.
 */
import { sql } from 'kysely';
import type { CatalogueFilter, CatalogueTableWithColumns } from '../../model/catalogue/catalogue';
import type { SearchQuery } from '../../model/catalogue/search-terms';
import type { Database } from '../schema';
import { chosenTables, someTables } from './tables';

/** Tables that are weighed of those that a question finds by their names, and by anything. */
const weighed = 100;

export async function search(
  db: Database,
  tenant: string,
  question: SearchQuery,
  filter: CatalogueFilter,
  limit: number,
): Promise<{ items: CatalogueTableWithColumns[]; more: boolean }> {
  const most = Math.max(weighed, limit + 1);
  const matching = (asked: string) =>
    chosenTables(db, tenant, filter)
      .innerJoin('catalog_search as found', (join) =>
        join.onRef('found.tenant', '=', 'chosen.tenant').onRef('found.name', '=', 'chosen.name'),
      )
      .where(sql<boolean>`found.document @@ ${asked}::tsquery`)
      .select(['found.name', 'found.document'])
      .limit(most);
  const ranked = await db
    .with('candidates', (query) =>
      query
        .selectFrom(matching(question.named).as('by_name'))
        .selectAll()
        .union(db.selectFrom(matching(question.all).as('by_any')).selectAll()),
    )
    .selectFrom('candidates')
    .select('name')
    .orderBy(
      sql`ts_rank('{0.05, 0.2, 0.5, 1}', document, ${question.exact}::tsquery)
        + 0.5 * ts_rank('{0.05, 0.2, 0.5, 1}', document, ${question.all}::tsquery) desc`,
    )
    .orderBy(sql`length(name)`)
    .orderBy('name')
    .limit(limit + 1)
    .execute();
  const names = ranked.slice(0, limit).map(({ name }) => name);
  return { items: await someTables(db, tenant, names), more: ranked.length > limit };
}
