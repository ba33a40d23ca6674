/** What is derived from the installation's secret for webhooks. */
import { Webhook } from 'standardwebhooks';
import { Secrets } from '../../store/secrets';

const secrets = new Secrets('a secret of the tests');

test('a tenant’s webhook secret is the same whenever it is asked for, and of no other', () => {
  const again = new Secrets('a secret of the tests');
  expect(again.webhookSecret('default')).toBe(secrets.webhookSecret('default'));
  const others = [
    secrets.webhookSecret('other'),
    new Secrets('another secret of the tests').webhookSecret('default'),
  ];
  expect(new Set([secrets.webhookSecret('default'), ...others]).size).toBe(3);
});

test('it has the form that the libraries of Standard Webhooks take: 32 bytes in base64', () => {
  const secret = secrets.webhookSecret('default');
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(() => new Webhook(secret)).not.toThrow();
});
