/** Who did what to which thing. */
import { Paging } from './paging';
import type { Database } from './schema';
import { storableJson } from './storable';
import type { AuditStore, PageRequest } from './store';

export function auditStore(db: Database): AuditStore {
  return {
    write: (tenant, entry) => writeAll(db, tenant, [entry]),
    writeAll: (tenant, entries) => writeAll(db, tenant, entries),
    list: (tenant, filter, page) => list(db, tenant, filter, page),
  };
}

async function writeAll(
  db: Database,
  tenant: string,
  entries: Parameters<AuditStore['writeAll']>[1],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ actor, action, target, detail }) => ({
    ...{ tenant, actor, action, target, detail: storableJson(detail) },
  }));
  await db.insertInto('audit').values(rows).execute();
}

async function list(
  db: Database,
  tenant: string,
  { target }: { target: string | null },
  page: PageRequest,
) {
  const paging = new Paging(['audit', tenant, target], page, { idPattern: /^\d{1,18}$/ });
  const rows = await db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'action', 'target', 'detail'])
    .where('tenant', '=', tenant)
    .where(paging.after('at', 'id'))
    .$if(target !== null, (query) => query.where('target', '=', target!))
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(paging.limit)
    .execute();
  return paging.page(
    rows,
    ({ at, id }) => ({ at, id }),
    (row) => row,
  );
}
