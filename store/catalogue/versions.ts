/** Versions of the definitions of tables, and what is different between them. */
import type { TableVersion } from '../../model/catalogue/catalogue';
import type { TableDefinition } from '../../model/catalogue/collected';
import { diffDefinitions } from '../../model/catalogue/diff';
import type { Page } from '../../model/page';
import { Paging } from '../paging';
import type { Database } from '../schema';
import type { PageRequest } from '../store';

const versionColumns = ['version', 'event', 'at', 'task_id', 'run_id', 'definition'] as const;

function versionsOf(db: Database, tenant: string, name: string) {
  return db
    .selectFrom('catalog_versions')
    .select(versionColumns)
    .where('tenant', '=', tenant)
    .where('name', '=', name);
}

type VersionRow = Awaited<ReturnType<ReturnType<typeof versionsOf>['execute']>>[number];

function versionOf(row: VersionRow, before: TableDefinition | null): TableVersion {
  return {
    version: row.version,
    event: row.event,
    at: row.at,
    taskId: row.task_id,
    runId: row.run_id,
    changes: diffDefinitions(before, row.definition),
  };
}

export async function listVersions(
  db: Database,
  tenant: string,
  name: string,
  page: PageRequest,
): Promise<Page<TableVersion>> {
  const paging = new Paging(['catalogueVersions', tenant, name], page, {
    by: 'text',
    idPattern: /^\d+$/,
  });
  // The one after the page, which is asked for anyway, is what the last one is compared with.
  const rows = await versionsOf(db, tenant, name)
    .where(paging.after('name', 'version'))
    .orderBy('version', 'desc')
    .limit(paging.limit)
    .execute();
  const before = (row: VersionRow) =>
    rows.find(({ version }) => version === row.version - 1)?.definition ?? null;
  return paging.page(
    rows,
    ({ version }) => ({ at: name, id: String(version) }),
    (row) => versionOf(row, before(row)),
  );
}

export async function findVersion(
  db: Database,
  tenant: string,
  name: string,
  version: number,
  against: number | null,
): Promise<(TableVersion & { definition: TableDefinition }) | null> {
  const wanted = [version, against ?? version - 1];
  const rows = await versionsOf(db, tenant, name).where('version', 'in', wanted).execute();
  const row = rows.find((one) => one.version === version);
  const other = rows.find((one) => one.version === wanted[1]);
  if (row === undefined || (against !== null && other === undefined)) return null;
  return { ...versionOf(row, other?.definition ?? null), definition: row.definition };
}
