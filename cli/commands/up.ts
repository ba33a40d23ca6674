/** `tablegate up`: everything in one data folder, until Ctrl-C. */
import { readSettings, type Settings } from '../../config';
import { adminKeyFile, readAdminKey } from '../admin-key';
import { apiClient } from '../api-client';
import { explain, say } from '../console';
import { demoTriggerUrls, seedDemo, type TriggerUrl } from '../demo/seed';
import { withFlags, type PlaceFlags } from '../flags';
import { runInForeground } from '../launcher/foreground';
import { logFolder, type Running } from '../launcher/launcher';

export interface UpOptions extends PlaceFlags {
  /** False: the demo task is not made. */
  demo: boolean;
  watch?: boolean;
}

/** @returns exit code */
export async function up(options: UpOptions): Promise<number> {
  const since = Date.now();
  const env = withFlags(process.env, options);
  const settings = readSettings(env);
  return runInForeground({
    settings,
    env,
    watch: options.watch,
    whenServing: async (running, signal) => {
      const urls = options.demo ? await seed(settings, running, signal) : null;
      const consoleUrl = await signInUrl(settings, running, signal);
      const tookMs = Date.now() - since;
      say('');
      for (const line of readyLines(settings, { ...running, consoleUrl }, tookMs)) say(line);
      for (const line of urls ? demoLines(urls) : []) say(line);
      say('\nCtrl-C stops everything.');
      return false;
    },
  });
}

/** A demo that cannot be made is no reason not to serve. */
async function seed(
  { dataDir, filesRoots }: Settings,
  { url }: Running,
  signal: AbortSignal,
): Promise<TriggerUrl[] | null> {
  try {
    const api = apiClient({ url, key: readAdminKey(dataDir), signal });
    const filesRoot = filesRoots[0] as string;
    const seeded = await seedDemo({ api, dataDir, filesRoot, log: say });
    return await demoTriggerUrls(api, seeded);
  } catch (error) {
    if (!signal.aborted) say(`Demo: it could not be made: ${explain(error)}`);
    return null;
  }
}

/** Address of the console that signs the admin in once; the plain one where `admin.key` opens nothing. */
async function signInUrl(
  { dataDir }: Settings,
  { url }: Running,
  signal: AbortSignal,
): Promise<string> {
  try {
    const api = apiClient({ url, key: readAdminKey(dataDir), signal });
    return (await api.post<{ url: string }>('/sign-in-codes')).url;
  } catch {
    return `${url}/`;
  }
}

/** Where everything is, for a person. */
export function readyLines(
  { dataDir }: Settings,
  { url, temporalUiUrl, consoleUrl }: Running & { consoleUrl: string },
  tookMs: number,
): string[] {
  const rows: [string, string][] = [
    ['Console', consoleUrl],
    ['API', `${url}/api/v1`],
    ['API docs', `${url}/api/docs`],
    ['Temporal UI', temporalUiUrl ?? 'your own Temporal (TABLEGATE_TEMPORAL_UI_URL adds links)'],
    ['Admin key', adminKeyFile(dataDir)],
    ['Logs', logFolder(dataDir)],
  ];
  return [
    `Tablegate is ready after ${(tookMs / 1000).toFixed(1)} s`,
    ...rows.map(([name, value]) => `  ${name.padEnd(12)} ${value}`),
  ];
}

function demoLines(urls: TriggerUrl[]): string[] {
  return [
    '\nThe demo task waits for its tables. Each of these marks one; the last one starts the run:',
    ...urls.map(({ url }) => `  curl ${url}`),
  ];
}
