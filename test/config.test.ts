/** Settings that are lists or days: what they may be, and what is said of those that may not. */
import { readSettings, SettingsError } from '../config';

const hostsOf = (text: string) => readSettings({ TABLEGATE_WEBHOOK_HOSTS: text }).webhookHosts;

test('webhooks may be nowhere until hosts are named', () => {
  expect(readSettings({}).webhookHosts).toEqual([]);
  expect(hostsOf(' , ')).toEqual([]);
});

test('webhook hosts are read without their blanks, in lower case', () => {
  expect(hostsOf(' Hooks.example.com, gate.example.com:8443,[::1]:9000,10.0.0.1:80,')).toEqual([
    ...['hooks.example.com', 'gate.example.com:8443', '[::1]:9000', '10.0.0.1:80'],
  ]);
  expect(hostsOf('*')).toEqual(['*']);
});

test.each([
  'https://hooks.example.com',
  'hooks.example.com/path',
  'ada@hooks.example.com',
  '*.example.com',
  'hooks.example.com:port',
  'hooks.example.com:99999',
  'two words',
  '*,hooks.example.com',
])('webhook hosts %s are refused, with the setting and what is allowed', (text) => {
  expect(() => hostsOf(text)).toThrow(SettingsError);
  expect(() => hostsOf(text)).toThrow(/^TABLEGATE_WEBHOOK_HOSTS has ".+"; it must be a list such/);
});

test('everything is kept for ever where no days are set', () => {
  const kept = { ledger: null, records: null, logs: null, audit: null };
  expect(readSettings({}).retention).toEqual(kept);
  expect(readSettings({ TABLEGATE_RETENTION_LOGS_DAYS: '' }).retention).toEqual(kept);
});

test('each kind is kept for its own days', () => {
  const { retention } = readSettings({
    TABLEGATE_RETENTION_LEDGER_DAYS: '90',
    TABLEGATE_RETENTION_RECORDS_DAYS: '365',
    TABLEGATE_RETENTION_LOGS_DAYS: '14',
    TABLEGATE_RETENTION_AUDIT_DAYS: '3650',
  });
  expect(retention).toEqual({ ledger: 90, records: 365, logs: 14, audit: 3650 });
});

test.each(['0', '-1', '1.5', '30d', '36501', 'Infinity'])(
  'days to keep something for are refused where they are %s',
  (days) => {
    expect(() => readSettings({ TABLEGATE_RETENTION_AUDIT_DAYS: days })).toThrow(
      new SettingsError(
        `TABLEGATE_RETENTION_AUDIT_DAYS is "${days}"; it must be a whole number of days from 1 to 36500`,
      ),
    );
  },
);

test('patience is 1 where nothing is said, and what it can be is said where it is wrong', () => {
  expect(readSettings({}).patience).toBe(1);
  expect(readSettings({ TABLEGATE_PATIENCE: '5' }).patience).toBe(5);
  for (const text of ['0', '1.5', '21', 'NaN', 'much']) {
    expect(() => readSettings({ TABLEGATE_PATIENCE: text })).toThrow(
      new SettingsError(`TABLEGATE_PATIENCE is "${text}"; it must be a whole number from 1 to 20`),
    );
  }
});
