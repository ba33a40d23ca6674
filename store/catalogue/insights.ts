/** Keeps what the values of tables are like, and of which classes their columns are. */
import { CompiledQuery } from 'kysely';
import { transact, type Database } from '../schema';
import { storableJson } from '../storable';
import type { TableInsight } from '../store';
import { classesDocument, classNames } from './documents';

const keepSql = `
  with sent as materialized (
    select * from json_to_recordset($2::json) as sent (
      name text, profile json, classes json, class_names json, document text
    )
  ), put as (
    update tablegate.catalog_tables as present set
      profile = coalesce(sent.profile, present.profile),
      classes = coalesce(sent.classes, present.classes),
      class_names = case when sent.class_names is null then present.class_names
        else array(select json_array_elements_text(sent.class_names)) end
    from sent where present.tenant = $1 and present.name = sent.name
  )
  update tablegate.catalog_search as present set classes = sent.document::tsvector
  from sent
  where present.tenant = $1 and present.name = sent.name and sent.document is not null
    and present.classes <> sent.document::tsvector`;

export async function keepProfiles(
  db: Database,
  tenant: string,
  insights: readonly TableInsight[],
): Promise<void> {
  if (insights.length === 0) return;
  const rows = insights.map(({ name, profile, classes }) => ({
    ...{ name, profile, classes },
    class_names: classes && classNames(classes),
    document: classes && classesDocument(classes),
  }));
  await transact(db, async (step) => {
    await step.executeQuery(CompiledQuery.raw(keepSql, [tenant, storableJson(rows)]));
  });
}
