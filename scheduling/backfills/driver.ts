import type { Gateway } from '../deps';

/**
 * Tells the driver of a backfill to look at the store again; one that has ended is started anew.
 * @param kill what runs is to be cancelled
 * @throws TablegateError temporalUnavailable
 */
export async function tellDriver(
  gateway: Pick<Gateway, 'ensureBackfill' | 'backfillChanged'>,
  tenant: string,
  id: string,
  kill: boolean,
): Promise<void> {
  const change = { kill };
  if ((await gateway.backfillChanged(tenant, id, change)) === 'sent') return;
  await gateway.ensureBackfill(tenant, id);
  await gateway.backfillChanged(tenant, id, change);
}
