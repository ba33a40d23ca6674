/** The catalogue: what was collected of the sources, and what people say of it. */
import type { Database } from '../schema';
import type { CatalogueStore } from '../store';
import { collect, settleGone, unseen } from './collect';
import { editTable } from './edit';
import { keepProfiles } from './insights';
import { search } from './search';
import { allTables, choices, findTable, knows, listTables, outlines } from './tables';
import { findVersion, listVersions } from './versions';

export function catalogueStore(db: Database): CatalogueStore {
  return {
    collect: (collection, tables, policy) => collect(db, collection, tables, policy),
    unseen: (tenant, connection, seen) => unseen(db, tenant, connection, seen),
    settleGone: (collection, names, policy) => settleGone(db, collection, names, policy),
    keepProfiles: (tenant, insights) => keepProfiles(db, tenant, insights),
    search: (tenant, question, filter, limit) => search(db, tenant, question, filter, limit),
    tables: (tenant, filter, page) => listTables(db, tenant, filter, page),
    table: (tenant, name) => findTable(db, tenant, name),
    outlines: (tenant, names) => outlines(db, tenant, names),
    versions: (tenant, name, page) => listVersions(db, tenant, name, page),
    version: (tenant, name, version, against) => findVersion(db, tenant, name, version, against),
    edit: (tenant, name, edit) => editTable(db, tenant, name, edit),
    all: (tenant, filter) => allTables(db, tenant, filter),
    choices: (tenant) => choices(db, tenant),
    knows: (tenant, name) => knows(db, tenant, name),
  };
}
