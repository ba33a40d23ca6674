/** `tablegate demo`: everything on a data folder of its own, one run from its triggers to its score. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readSettings, type Settings } from '../../config';
import { scoreDemo, type DemoTruth } from '../../examples/demo-data';
import { readAdminKey } from '../admin-key';
import { apiClient, type ApiClient } from '../api-client';
import { say } from '../console';
import { readResult } from '../demo/read-result';
import { runDemo, type RunSeen } from '../demo/run-demo';
import { demoTriggerUrls, forgetSeed, seedDemo, type DemoSeed } from '../demo/seed';
import { withFlags, type PlaceFlags } from '../flags';
import { runInForeground } from '../launcher/foreground';
import type { Running } from '../launcher/launcher';
import { readyLines } from './up';

/** @returns exit code: 0 when the run succeeded and its result was scored */
export async function demo(flags: PlaceFlags): Promise<number> {
  const since = Date.now();
  const place = { dataDir: '.tablegate-demo', port: '0', ...flags };
  // What the environment says of the user's own installation is not meant for the demo.
  const own = { TABLEGATE_FILES_ROOTS: '', TABLEGATE_PUBLIC_URL: '' };
  const env = withFlags({ ...process.env, ...own }, place);
  const settings = readSettings(env);
  return runInForeground({
    settings,
    env,
    whenServing: async (running, signal) => {
      const places = { ...running, consoleUrl: `${running.url}/` };
      for (const line of readyLines(settings, places, Date.now() - since)) say(line);
      await show(settings, running, signal);
      return true;
    },
  });
}

async function show(settings: Settings, running: Running, signal: AbortSignal): Promise<void> {
  const api = apiClient({ url: running.url, key: readAdminKey(settings.dataDir), signal });
  const { seed, urls } = await prepare(api, settings);
  say(`\nThe task: ${running.url}/api/v1/tasks/${seed.taskId}`);
  const run = await runDemo({ api, taskId: seed.taskId, urls, say, signal });
  for (const line of recordLines(run)) say(line);
  if (run.status !== 'succeeded') {
    throw new Error(`The demo's run ${run.status}: ${run.failureReason ?? 'no reason was given'}`);
  }
  for (const line of await scoreLines(api, run, seed.folder)) say(line);
  say(`\nTo look around in it: npm start -- --data-dir ${settings.dataDir}`);
}

/** The demo brings back a task that somebody removed from its folder: it is nothing without it. */
async function prepare(api: ApiClient, { dataDir, filesRoots }: Settings) {
  const options = { api, dataDir, filesRoot: filesRoots[0] as string, log: say };
  const seed = await seedDemo(options);
  const urls = await demoTriggerUrls(api, seed);
  if (urls) return { seed, urls };
  await forgetSeed(dataDir);
  const again: DemoSeed = await seedDemo(options);
  return { seed: again, urls: (await demoTriggerUrls(api, again)) ?? [] };
}

function recordLines(run: RunSeen): string[] {
  const { status, startedBy, startedAt, finishedAt } = run;
  const took = startedAt && finishedAt ? Date.parse(finishedAt) - Date.parse(startedAt) : null;
  return [
    `\nThe record of run ${run.id}`,
    `  status       ${status}, started by ${startedBy}`,
    `  time         ${startedAt} to ${finishedAt}${took === null ? '' : ` (${took / 1000} s)`}`,
    ...run.tables.map(
      ({ table, status: state, rowsRead, error }) =>
        `  table        ${table}: ${state}, ${rowsRead ?? 0} rows read${error ? `: ${error}` : ''}`,
    ),
    ...(run.temporalUrl ? [`  Temporal UI  ${run.temporalUrl}`] : []),
  ];
}

async function scoreLines(api: ApiClient, run: RunSeen, folder: string): Promise<string[]> {
  const output = String(run.summary?.output);
  const truth = JSON.parse(await readFile(path.join(folder, 'truth.json'), 'utf8')) as DemoTruth;
  const { users, precision, recall } = scoreDemo(truth, await readResult(api, output));
  return [
    `\nWhat was found, in ${output}`,
    `  users        ${users} (people behind the data: ${truth.people})`,
    `  precision    ${precision.toFixed(4)} (of the pairs of IDs found to be one person, those that are)`,
    `  recall       ${recall.toFixed(4)} (of the pairs of IDs that are one person, those found)`,
  ];
}
