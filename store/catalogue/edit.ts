/** What people say of tables and columns; no collection touches it. */
import { sql, type Transaction } from 'kysely';
import type {
  CatalogueEdit,
  CatalogueTableWithColumns,
  ColumnNote,
} from '../../model/catalogue/catalogue';
import { TablegateError } from '../../model/errors';
import { transact, type Database, type Tables } from '../schema';
import { storableJson, storableText } from '../storable';
import { peopleDocument } from './documents';
import { own, wholeColumns, wholeTableOf, type WholeRow } from './rows';

export async function editTable(
  db: Database,
  tenant: string,
  name: string,
  edit: CatalogueEdit,
): Promise<CatalogueTableWithColumns | null> {
  return transact(db, async (step) => {
    const row = await step
      .selectFrom('catalog_tables')
      .select(wholeColumns)
      .where('tenant', '=', tenant)
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    if (row === undefined) return null;
    return write(step, tenant, edited(row, edit));
  });
}

/** @throws TablegateError columnNotFound */
function edited(
  row: WholeRow,
  { description, owner, tags, columns = {} }: CatalogueEdit,
): WholeRow {
  const missing = Object.keys(columns).filter(
    (column) => !row.definition.columns.some(({ name }) => name === column),
  );
  if (missing.length > 0) {
    throw new TablegateError(
      'columnNotFound',
      `The table ${row.name} has no column ${missing.join(', ')}.`,
      {
        fields: missing.map((column) => ({
          path: `columns.${column}`,
          message: `the table ${row.name} has no column ${column}`,
        })),
      },
    );
  }
  const notes = Object.entries(columns).map(([column, change]): [string, ColumnNote] => {
    const former = own(row.column_notes, column) ?? { description: null, tags: [] };
    return [
      column,
      {
        description: change.description === undefined ? former.description : change.description,
        tags: change.tags ?? former.tags,
      },
    ];
  });
  const said = { ...row.column_notes, ...Object.fromEntries(notes) };
  const kept = Object.entries(said).filter(
    ([, note]) => note.description !== null || note.tags.length > 0,
  );
  return {
    ...row,
    description: storable(description === undefined ? row.description : description),
    owner: storable(owner === undefined ? row.owner : owner),
    tags: (tags ?? row.tags).map(storableText),
    column_notes: Object.fromEntries(kept),
  };
}

function storable(text: string | null): string | null {
  return text === null ? null : storableText(text);
}

async function write(
  step: Transaction<Tables>,
  tenant: string,
  row: WholeRow,
): Promise<CatalogueTableWithColumns> {
  const { name, description, owner, tags, column_notes: notes } = row;
  await step
    .updateTable('catalog_tables')
    .set({ description, owner, tags, column_notes: storableJson(notes) })
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .execute();
  const document = peopleDocument({ description, owner, tags, notes });
  await step
    .updateTable('catalog_search')
    .set({ people: sql<string>`${document}::tsvector` })
    .where('tenant', '=', tenant)
    .where('name', '=', name)
    .execute();
  return wholeTableOf(row);
}
