import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { SettingsError } from '../../config';
import {
  installationSecret,
  refuseOtherSecret,
  takeFirstSteps,
} from '../../scheduling/first-steps';
import { digest, Secrets } from '../../store/secrets';
import { openTestStore, type OpenedStore } from '../store/support/opened';

let opened: OpenedStore;
let dataDir: string;
const log = pino({ level: 'silent' });

beforeEach(async () => {
  opened = await openTestStore();
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'tablegate-first-'));
});
afterEach(async () => {
  await opened.close();
  await rm(dataDir, { recursive: true });
});

const settings = () => ({ dataDir, filesRoots: [path.join(dataDir, 'files')], secret: null });
const adminKey = async () => (await readFile(path.join(dataDir, 'admin.key'), 'utf8')).trim();

test('the generated secret is whole and the same for all who start at once', async () => {
  const secrets = await Promise.all(
    Array.from({ length: 20 }, () => installationSecret(settings())),
  );
  expect(new Set(secrets).size).toBe(1);
  expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(await readdir(dataDir)).toEqual(['secret.key']);
});

test('a damaged secret file ends the start instead of deriving tokens from nothing', async () => {
  await writeFile(path.join(dataDir, 'secret.key'), '\n');
  await expect(installationSecret(settings())).rejects.toThrow(SettingsError);
});

test('a process with another secret than the store was begun with is refused', async () => {
  await refuseOtherSecret(opened.store, new Secrets('a secret of some length'));
  await refuseOtherSecret(opened.store, new Secrets('a secret of some length'));
  const other = refuseOtherSecret(opened.store, new Secrets('another secret of length'));
  await expect(other).rejects.toThrow(/begun with another secret/);
});

test('the admin key opens the first tenant, is for its owner only, and stays the same', async () => {
  await takeFirstSteps(opened.store, settings(), log);
  const key = await adminKey();
  expect(key.length).toBeLessThanOrEqual(32);
  expect((await stat(path.join(dataDir, 'admin.key'))).mode & 0o777).toBe(0o600);
  expect(await opened.store.people.findByKeyDigest(digest(key))).toMatchObject({
    tenant: 'default',
    user: { role: 'admin' },
  });
  await takeFirstSteps(opened.store, settings(), log);
  expect(await adminKey()).toBe(key);
});

test('a crash between the store and the file costs nobody the admin key', async () => {
  await takeFirstSteps(opened.store, settings(), log);
  const key = await adminKey();
  // As a crash leaves it: the store has the key, its file is still under the waiting name.
  await writeFile(path.join(dataDir, 'admin.key.new'), `${key}\n`);
  await rm(path.join(dataDir, 'admin.key'));
  await takeFirstSteps(opened.store, settings(), log);
  expect(await adminKey()).toBe(key);
});

test('a key file that opens nothing any more is told of, and not replaced', async () => {
  await takeFirstSteps(opened.store, settings(), log);
  const key = await adminKey();
  const { people } = opened.store;
  const other = await people.createUser('default', {
    id: 'b'.repeat(32),
    name: 'b',
    role: 'admin',
  });
  const found = await people.findByKeyDigest(digest(key));
  expect(await people.removeUser('default', found!.user.id)).not.toBeNull();
  const lines: string[] = [];
  const told = pino({}, { write: (line: string) => void lines.push(line) });
  await takeFirstSteps(opened.store, settings(), told);
  expect(lines.join()).toContain('does not open this store');
  expect(await adminKey()).toBe(key);
  expect((await people.users('default', { pageSize: 10, pageToken: null })).items).toEqual([other]);
});

test('a second data folder over the same store gets no key that opens nothing', async () => {
  await takeFirstSteps(opened.store, settings(), log);
  const second = await mkdtemp(path.join(os.tmpdir(), 'tablegate-second-'));
  await takeFirstSteps(
    opened.store,
    { dataDir: second, filesRoots: [path.join(second, 'f')] },
    log,
  );
  expect((await readdir(second)).filter((name) => name.startsWith('admin'))).toEqual([]);
  await rm(second, { recursive: true });
});
