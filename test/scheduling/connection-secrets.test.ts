/** What becomes of passwords: under seal, never shown, never for another server. */
import { placeOf } from '../../store/secrets';
import { admin, openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => {
  service = await openService();
});
afterAll(() => service.close());

const password = 'correct horse battery';

/** Settings of the PostgreSQL of the run; `null` leaves a field out. */
function configOf(change: Record<string, unknown> = {}): Record<string, unknown> {
  const url = new URL(process.env.TEST_DATABASE_URL!);
  const config = {
    ...{ host: url.hostname, port: Number(url.port), database: 'postgres', user: url.username },
    ...{ password: decodeURIComponent(url.password), ssl: 'off', ...change },
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null));
}

const sources = () => service.scheduling.sources;
let made = 0;

async function make(config: Record<string, unknown>): Promise<string> {
  made += 1;
  const name = `db_${made}`;
  await sources().createConnection(admin, { name, type: 'postgres', config });
  return name;
}

/** What is stored, opened. */
async function storedOf(name: string): Promise<Record<string, unknown>> {
  const row = await service.store.sources.findConnection('default', name);
  expect(JSON.stringify(row)).not.toContain(password);
  return row?.secrets ? service.secrets.open(placeOf(row), row.secrets) : {};
}

test('a password is stored under seal and never comes back', async () => {
  const name = await make(configOf({ password }));
  expect(await storedOf(name)).toEqual({ password });
  const page = { pageSize: 100, pageToken: null };
  const shown = [
    await sources().connection(admin, name),
    await sources().connections(admin, { type: 'postgres', grant: null }, page),
    await service.scheduling.people.audit(admin, { target: null }, page),
    await sources().testConnection(admin, name),
  ];
  expect(JSON.stringify(shown)).not.toContain(password);
});

test('a password that is not sent stays, one that is sent takes its place', async () => {
  const name = await make(configOf({ password }));
  const replace = (change: Record<string, unknown>) =>
    sources().replaceConnection(admin, name, { type: 'postgres', config: configOf(change) });
  await replace({ password: null, database: 'other', statementTimeoutSeconds: 5 });
  expect(await storedOf(name)).toEqual({ password });
  await replace({ password: 'another' });
  expect(await storedOf(name)).toEqual({ password: 'another' });
  await replace({ password: '' });
  expect(await storedOf(name)).toEqual({ password: '' });
});

test.each([
  ['host', 'elsewhere.example'],
  ['port', 1],
  ['user', 'somebody'],
  ['ssl', 'require'],
])('a password is not kept for another %s', async (field, value) => {
  const name = await make(configOf({ password, ssl: 'verify' }));
  const config = configOf({ ssl: 'verify', password: null, [field]: value });
  const refused = [
    await refusalOf(sources().replaceConnection(admin, name, { type: 'postgres', config })),
    await refusalOf(sources().testConfig(admin, { name, type: 'postgres', config })),
  ];
  for (const { code, fields } of refused) {
    expect(code).toBe('invalidInput');
    expect(fields['config.password']).toBe(`give it again, as ${field} changes`);
  }
});

test('settings of a saved connection are tried with its password', async () => {
  const name = await make(configOf());
  const config = configOf({ password: null });
  const tried = (named: { name?: string }) =>
    sources().testConfig(admin, { ...named, type: 'postgres', config });
  expect(await tried({ name })).toEqual({ ok: true, message: null });
  expect((await tried({})).ok).toBe(false);
  expect(await sources().testConnection(admin, name)).toEqual({ ok: true, message: null });
  expect((await refusalOf(tried({ name: 'absent' }))).code).toBe('connectionNotFound');
});

test('the kinds are listed with what they can do and what their settings are', () => {
  const types = sources().types();
  expect(types.map(({ type }) => type)).toEqual(['files', 'duckdb', 'postgres', 'mysql']);
  const mysql = types.find(({ type }) => type === 'mysql');
  expect(mysql).toMatchObject({
    capabilities: { read: true, write: true, ddlInTransaction: false, dialect: 'mysql' },
    secretFields: ['password'],
    configSchema: { required: ['host', 'database', 'user'] },
  });
  for (const { type, configSchema } of types) {
    expect([type, configSchema.type]).toEqual([type, 'object']);
  }
});
