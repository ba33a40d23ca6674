/** Who did what to which thing. */
import { sql } from 'kysely';
import { Paging } from './paging';
import type { Database } from './schema';
import { storableJson } from './storable';
import type { AuditFilter, AuditStore, PageRequest } from './store';

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
  { target = null, actor = null, action = null, from = null, to = null }: AuditFilter,
  page: PageRequest,
) {
  const scope = ['audit', tenant, target, actor, action, from, to];
  const paging = new Paging(scope, page, { idPattern: /^\d{1,18}$/ });
  const rows = await db
    .selectFrom('audit')
    .select(['id', 'at', 'actor', 'action', 'target', 'detail'])
    .where('tenant', '=', tenant)
    .where(paging.after('at', 'id'))
    .$if(actor !== null, (query) => query.where('actor', '=', actor!))
    .$if(target !== null, (query) => query.where(isOrBelow('target', target!, '/')))
    .$if(action !== null, (query) => query.where(isOrBelow('action', action!, '.')))
    .$if(from !== null, (query) => query.where('at', '>=', from!))
    .$if(to !== null, (query) => query.where('at', '<=', to!))
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

/** `task.edit` is this action; `task` is all actions that begin with it and the joint. */
function isOrBelow(column: 'action' | 'target', name: string, joint: '.' | '/') {
  const below = `${name}${joint}`;
  return sql<boolean>`(${sql.ref(column)} = ${name} or starts_with(${sql.ref(column)}, ${below}))`;
}
