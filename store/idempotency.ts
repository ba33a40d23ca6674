/** Answers of requests that carried an `Idempotency-Key`. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { schemaName, type Database } from './schema';
import { storableJson } from './storable';
import type { IdempotencyStore } from './store';

/** How many expired answers one new answer clears away. */
const clearedAtOnce = 100;

export function idempotencyStore(db: Database): IdempotencyStore {
  return {
    claim: (tenant, key, requestDigest) => claim(db, tenant, key, requestDigest),
    finish: async (tenant, key, status, body) => {
      await db
        .updateTable('idempotency')
        .set({ status, body: storableJson(body) })
        .where('tenant', '=', tenant)
        .where('key', '=', key)
        .where('status', 'is', null)
        .execute();
      await clearExpired(db);
    },
    release: async (tenant, key) => {
      await db
        .deleteFrom('idempotency')
        .where('tenant', '=', tenant)
        .where('key', '=', key)
        .where('status', 'is', null)
        .execute();
    },
  };
}

interface Claimed {
  claim_id: string;
  request_digest: string;
  status: number | null;
  body: unknown;
}

/**
 * One statement takes the key or reads who has it: the row is always written, as only a written row
 * is sure to be the newest.
 */
async function claim(
  db: Database,
  tenant: string,
  key: string,
  requestDigest: string,
): ReturnType<IdempotencyStore['claim']> {
  const claimId = randomUUID();
  const table = sql.table(`${schemaName}.idempotency`);
  const free = sql`(known.claimed_at < now() - interval '24 hours'
    or known.status is null and known.claimed_at < now() - interval '1 minute')`;
  const { rows } = await sql<Claimed>`
    insert into ${table} as known (tenant, key, request_digest, claim_id, claimed_at)
    values (${tenant}, ${key}, ${requestDigest}, ${claimId}, now())
    on conflict (tenant, key) do update set
      request_digest =
        case when ${free} then excluded.request_digest else known.request_digest end,
      claim_id = case when ${free} then excluded.claim_id else known.claim_id end,
      claimed_at = case when ${free} then excluded.claimed_at else known.claimed_at end,
      status = case when ${free} then null else known.status end,
      body = case when ${free} then null else known.body end
    returning claim_id, request_digest, status, body`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the claim of an Idempotency-Key gave back no row');
  if (row.claim_id === claimId) return { state: 'fresh' };
  if (row.request_digest !== requestDigest) return { state: 'other' };
  if (row.status === null) return { state: 'running' };
  return { state: 'done', status: row.status, body: row.body };
}

async function clearExpired(db: Database): Promise<void> {
  const expired = db
    .selectFrom('idempotency')
    .select(['tenant', 'key'])
    .where('claimed_at', '<', sql<string>`now() - interval '24 hours'`)
    .limit(clearedAtOnce)
    .forUpdate()
    .skipLocked();
  await db
    .deleteFrom('idempotency')
    .where((where) =>
      where(where.refTuple('tenant', 'key'), 'in', expired.$asTuple('tenant', 'key')),
    )
    .execute();
}
