/**
 * Search over the catalogue. However many tables a question finds, only some are weighed: those
 * whose own name begins with it or answers it come first, so that the time does not grow with the
 * catalogue.
 */
import { sql } from 'kysely';
import type { CatalogueFilter, CatalogueTableWithColumns } from '../../model/catalogue/catalogue';
import type { SearchQuery } from '../../model/catalogue/search-terms';
import { folded } from '../folded';
import type { Database } from '../schema';
import { storableText } from '../storable';
import { chosenTables, someTables } from './tables';

/** Tables that are weighed of those that a question finds by the beginning of their names, by their
 * names, and by anything. */
const weighed = 60;
/** After all other letters. */
const lastLetter = '\u{10ffff}';

export async function search(
  db: Database,
  tenant: string,
  question: SearchQuery,
  filter: CatalogueFilter,
  limit: number,
): Promise<{ items: CatalogueTableWithColumns[]; more: boolean }> {
  const most = Math.max(weighed, limit + 1);
  const begin = folded(storableText(question.whole));
  const documents = () =>
    chosenTables(db, tenant, filter)
      .innerJoin('catalog_search as found', (join) =>
        join.onRef('found.tenant', '=', 'chosen.tenant').onRef('found.name', '=', 'chosen.name'),
      )
      .select(['chosen.name', 'chosen.folded_table', 'found.document'])
      .limit(most);
  const answering = (asked: string) =>
    documents().where(sql<boolean>`found.document @@ ${asked}::tsquery`);
  const beginning = documents()
    .where('chosen.folded_table', '>=', begin)
    .where('chosen.folded_table', '<', begin + lastLetter)
    .orderBy('chosen.folded_table');
  const ranked = await db
    .with('found', (query) =>
      query
        .selectFrom(beginning.as('by_beginning'))
        .selectAll()
        .unionAll(db.selectFrom(answering(question.named).as('by_name')).selectAll())
        .unionAll(db.selectFrom(answering(question.all).as('by_any')).selectAll()),
    )
    .with('candidates', (query) => query.selectFrom('found').selectAll().distinctOn('name'))
    .selectFrom('candidates')
    .select('name')
    .orderBy(sql`folded_table = ${begin} desc`)
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
