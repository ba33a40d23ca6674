/** What an installation, and each tenant, begins with. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Settings } from '../config';
import { digest, keyPrefix, makeKey } from '../store/secrets';
import type { Store } from '../store/store';
import { analysisConnection } from './sources';

/**
 * The installation's secret: `TABLEGATE_SECRET`, else the one line of `secret.key` in the data
 * folder, made at the first start.
 */
export function installationSecret(
  settings: Pick<Settings, 'secret' | 'dataDir'>,
): Promise<string> {
  if (settings.secret !== null) return Promise.resolve(settings.secret);
  return readOrMake(path.join(settings.dataDir, 'secret.key'), () =>
    randomBytes(32).toString('hex'),
  );
}

/** Makes the first tenant, its admin with the key of `admin.key`, and its analysis source. */
export async function takeFirstSteps(
  store: Store,
  settings: Pick<Settings, 'dataDir'>,
): Promise<void> {
  const adminKey = await readOrMake(path.join(settings.dataDir, 'admin.key'), makeKey);
  await store.people.ensureFirst(digest(adminKey), keyPrefix(adminKey));
  await ensureAnalysisSource(store, settings, 'default');
}

/** Makes the connection that results go to unless another is named. */
export async function ensureAnalysisSource(
  store: Store,
  settings: Pick<Settings, 'dataDir'>,
  tenant: string,
): Promise<void> {
  const folder = path.join(settings.dataDir, 'files');
  await mkdir(folder, { recursive: true });
  const file = tenant === 'default' ? 'analysis.duckdb' : `analysis-${tenant}.duckdb`;
  await store.sources.createConnection({
    tenant,
    name: analysisConnection,
    type: 'duckdb',
    config: { path: path.join(folder, file) },
    secrets: null,
  });
}

/** Reads a one-line file; makes it, for its owner only, where it is not there. */
async function readOrMake(file: string, make: () => string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      const text = make();
      await handle.writeFile(`${text}\n`);
      await handle.sync();
      return text;
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readFile(file, 'utf8')).trim();
  }
}
