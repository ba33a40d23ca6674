/**
 * Search over the catalogue. However many tables a question finds, only some are weighed: of each
 * place in which it may be answered so many, so that the time does not grow with the catalogue. Where it is
 * answered decides first: in a table's name, in that of a column, in a text.
 */
import { sql } from 'kysely';
import type { CatalogueFilter, CatalogueTableWithColumns } from '../../model/catalogue/catalogue';
import type { SearchQuery } from '../../model/catalogue/search-terms';
import { folded } from '../folded';
import type { Database } from '../schema';
import { storableText } from '../storable';
import { chosenTables, someTables } from './tables';

/** Tables that are weighed of those that a question finds in one of the places. */
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
    db
      .selectFrom(
        documents()
          .where(sql<boolean>`found.document @@ ${asked}::tsquery`)
          .as('answering'),
      )
      .selectAll();
  const beginning = documents()
    .where('chosen.folded_table', '>=', begin)
    .where('chosen.folded_table', '<', begin + lastLetter)
    .orderBy('chosen.folded_table');
  const { all, exact, named, names: inNames, exactNames } = question;
  const column = storableText(question.column);
  const answers = (asked: string) => sql`document @@ ${asked}::tsquery`;
  const ranked = await db
    .with('found', (query) =>
      query
        .selectFrom(beginning.as('beginning'))
        .selectAll()
        .unionAll(answering(named))
        .unionAll(answering(column))
        .unionAll(answering(inNames))
        .unionAll(answering(all)),
    )
    .with('candidates', (query) => query.selectFrom('found').selectAll().distinctOn('name'))
    .selectFrom('candidates')
    .select('name')
    .orderBy(
      sql`case when folded_table = ${begin} then 0 when ${answers(named)} then 1
        when ${answers(column)} then 2 when ${answers(exactNames)} then 3
        when ${answers(inNames)} then 4 else 5 end`,
    )
    .orderBy(
      sql`ts_rank('{0.05, 0.2, 0.5, 1}', document, ${exact}::tsquery)
        + 0.5 * ts_rank('{0.05, 0.2, 0.5, 1}', document, ${all}::tsquery) desc`,
    )
    .orderBy(sql`length(name)`)
    .orderBy('name')
    .limit(limit + 1)
    .execute();
  const names = ranked.slice(0, limit).map(({ name }) => name);
  return { items: await someTables(db, tenant, names), more: ranked.length > limit };
}
