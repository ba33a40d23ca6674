import type { KnownConnection } from '../model/script-connections';
import type { Store } from './store';

/** Connections of a tenant, as far as scripts name them by URL or path; without secrets. */
export async function knownConnections(
  store: Pick<Store, 'sources'>,
  tenant: string,
): Promise<KnownConnection[]> {
  const known: KnownConnection[] = [];
  let pageToken: string | null = null;
  do {
    const filter = { type: null, grantedTo: null };
    const page: { items: KnownConnection[]; nextPageToken: string | null } =
      await store.sources.connections(tenant, filter, { pageSize: 1000, pageToken });
    known.push(...page.items.map(({ name, type, config }) => ({ name, type, config })));
    pageToken = page.nextPageToken;
  } while (pageToken !== null);
  return known;
}
