/** What an installation, and each tenant, begins with. */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import { filesRootsOf, SettingsError, type Settings } from '../config';
import { digest, keyPrefix, makeKey, type Secrets } from '../store/secrets';
import type { FirstAdmin, Store } from '../store/store';
import { analysisConnection } from './sources';

/** A shorter line is a damaged file: no secret or key of ours is. */
const shortestLine = 16;

/**
 * The installation's secret: `TABLEGATE_SECRET`, else the one line of `secret.key` in the data
 * folder, made at the first start.
 * @throws SettingsError where the file is damaged
 */
export async function installationSecret(
  settings: Pick<Settings, 'secret' | 'dataDir'>,
): Promise<string> {
  if (settings.secret !== null) return settings.secret;
  const file = path.join(settings.dataDir, 'secret.key');
  await makeOnce(file, randomBytes(32).toString('hex'));
  return readLine(file);
}

/**
 * Makes sure that all processes over one store derive the same tokens and open the same secrets.
 * @throws SettingsError where the store was begun with another secret
 */
export async function refuseOtherSecret(store: Store, secrets: Secrets): Promise<void> {
  if (await store.agree('secret', secrets.fingerprint())) return;
  throw new SettingsError(
    'The store was begun with another secret. Set TABLEGATE_SECRET to the same text for every ' +
      'process, or use the data folder whose secret.key it was begun with.',
  );
}

/** Makes the first tenant, its admin with the key of `admin.key`, and its analysis source. */
export async function takeFirstSteps(
  store: Store,
  settings: Pick<Settings, 'dataDir' | 'filesRoots'>,
  log: Logger,
): Promise<void> {
  const file = path.join(settings.dataDir, 'admin.key');
  // The key waits under another name until the store has it: a crash between the two loses nothing.
  const waiting = `${file}.new`;
  if (!(await exists(file))) await makeOnce(waiting, makeKey());
  const key = await readLine((await exists(waiting)) ? waiting : file);
  await store.people.ensureFirst(firstAdmin('admin.key', key));
  const opens = (await store.people.findByKeyDigest(digest(key))) !== null;
  if (!opens)
    log.warn(
      { file },
      "admin.key does not open this store: its key or user was removed, or the installation was begun from another data folder; use another admin's key",
    );
  if (opens) await makeOnce(file, key);
  await rm(waiting, { force: true });
  await ensureAnalysisSource(store, settings, 'default');
}

/** The first user of a tenant, by the key that opens it. */
export function firstAdmin(keyName: string, key: string): FirstAdmin {
  return { keyName, keyDigest: digest(key), keyPrefix: keyPrefix(key) };
}

/** Makes the connection that results go to unless another is named. */
export async function ensureAnalysisSource(
  store: Store,
  settings: Pick<Settings, 'dataDir' | 'filesRoots'>,
  tenant: string,
): Promise<void> {
  const folder = filesRootsOf(settings, tenant).at(-1)!;
  // Results hold people's IDs: they are for the owner only.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const config = { path: path.join(folder, 'analysis.duckdb') };
  const row = { tenant, name: analysisConnection, type: 'duckdb', config, secrets: null };
  await store.sources.createConnection(row, null);
}

/** Makes a one-line file for its owner only, whole or not at all; one that is there stays. */
async function makeOnce(file: string, line: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${line}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

async function readLine(file: string): Promise<string> {
  const line = (await readFile(file, 'utf8')).trim();
  if (line.length >= shortestLine) return line;
  throw new SettingsError(
    `${file} is damaged: it holds ${line.length} characters. Put it back from a copy; without one, ` +
      'remove it to begin with a new one.',
  );
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
