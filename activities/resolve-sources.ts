import { JobError, type JobConnection, type JobTable } from '../model/job-type';
import { TablegateError } from '../model/errors';
import { placeOf } from '../store/secrets';
import type { Store } from '../store/store';
import type { ActivityDeps } from './deps';

/**
 * Looks up the tables of a run as they are registered now.
 * @throws JobError naming the table that is not registered, or has no ID mapping where the job needs one
 */
export async function resolveTables(
  store: Store,
  tenant: string,
  names: string[],
  needsIdMapping: boolean,
): Promise<JobTable[]> {
  const registered = new Map(
    (await store.sources.findTables(tenant, names)).map((table) => [table.name, table]),
  );
  const tables: JobTable[] = [];
  for (const name of names) {
    const table = registered.get(name);
    if (needsIdMapping && !table)
      throw new JobError(`${name}: the table is not registered any more.`);
    if (needsIdMapping && !table?.idMapping)
      throw new JobError(`${name}: the table has no ID mapping any more.`);
    if (table) tables.push({ name, idMapping: table.idMapping?.columns ?? [] });
  }
  return tables;
}

/**
 * Opens a connection's settings, secrets in the clear.
 * @throws TablegateError connectionNotFound
 */
export async function resolveConnection(
  deps: Pick<ActivityDeps, 'store' | 'secrets'>,
  tenant: string,
  name: string,
): Promise<JobConnection> {
  const row = await deps.store.sources.findConnection(tenant, name);
  if (!row) throw new TablegateError('connectionNotFound', `There is no connection ${name}.`);
  const secrets =
    row.secrets === null ? {} : deps.secrets.open(placeOf({ tenant, name }), row.secrets);
  return { name, type: row.type, config: { ...row.config, ...secrets } };
}
