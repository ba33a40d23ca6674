import type { AuditStore, Store } from '../../store';
import { System } from '../../scheduling/system';
import { Secrets } from '../../store/secrets';

const secrets = new Secrets('a secret of the tests');
const caller = { tenant: 'other', userId: 'u1', name: 'Ada', role: 'admin' } as const;

function systemOver(writeAll: AuditStore['writeAll']): System {
  const store = { audit: { writeAll } } as unknown as Store;
  return new System({ store, secrets } as ConstructorParameters<typeof System>[0]);
}

test('an admin reads the webhook secret of the own tenant, and the audit says so', async () => {
  const lines: unknown[] = [];
  const system = systemOver(async (...line) => void lines.push(line));
  expect(await system.webhookSecret(caller)).toEqual({ secret: secrets.webhookSecret('other') });
  const line = { actor: 'Ada', action: 'webhookSecret.read', target: 'tenant/other', detail: {} };
  expect(lines).toEqual([['other', [line]]]);
});

test('no secret is given out that the audit could not note', async () => {
  const system = systemOver(() => Promise.reject(new Error('the store is away')));
  await expect(system.webhookSecret(caller)).rejects.toThrow('the store is away');
});
