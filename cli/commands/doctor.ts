/** `tablegate doctor`: what a start needs, looked at one by one, without starting anything. */
import { constants, existsSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { readSettings, type Settings } from '../../config';
import { addonProblem, addonState } from '../../native/addon';
import { explain, say } from '../console';
import { withFlags, type PlaceFlags } from '../flags';
import { cacheDirOf } from '../launcher/cache-dir';
import { externalTemporalAddress } from '../launcher/external-temporal';
import { LockedError, takeLock } from '../launcher/file-lock';
import { tryPort } from '../launcher/free-port';
import { askOwnPostgres, askOwnTemporal } from '../launcher/own-services';
import { postgresBinaries } from '../launcher/postgres-binaries';
import { postgresUser } from '../launcher/postgres-user';
import { sharedDirDefault } from '../launcher/postgres-server';
import { findOnPath, temporalVersion } from '../launcher/temporal-sources';

interface Check {
  what: string;
  /** Says how it stands; throws with what is wrong and what to do. */
  look: () => Promise<string>;
}

/** @returns exit code: 0 when a start would work */
export async function doctor(flags: PlaceFlags): Promise<number> {
  const env = withFlags(process.env, flags);
  const settings = readSettings(env);
  let bad = 0;
  for (const { what, look } of checks(settings, env)) {
    try {
      say(`ok    ${what.padEnd(12)} ${await look()}`);
    } catch (error) {
      bad += 1;
      say(`WRONG ${what.padEnd(12)} ${explain(error)}`);
    }
  }
  say(bad === 0 ? 'Everything that a start needs is there.' : `${bad} wrong; see above.`);
  return bad === 0 ? 0 : 1;
}

function checks(settings: Settings, env: NodeJS.ProcessEnv): Check[] {
  return [
    { what: 'Node.js', look: () => Promise.resolve(process.versions.node) },
    { what: 'Data folder', look: () => lookAtFolder(settings) },
    { what: 'API port', look: () => lookAtPort(settings) },
    { what: 'PostgreSQL', look: () => lookAtPostgres(settings) },
    { what: 'Temporal', look: () => lookAtTemporal(env) },
    { what: 'Addon', look: () => Promise.resolve(describeAddon()) },
  ];
}

async function lookAtFolder({ dataDir }: Settings): Promise<string> {
  if (!existsSync(dataDir)) {
    await access(nearestThere(dataDir), constants.W_OK);
    return `${dataDir} (will be made)`;
  }
  await access(dataDir, constants.W_OK);
  try {
    (await takeLock(path.join(dataDir, 'lock'))).release();
    return dataDir;
  } catch (error) {
    if (error instanceof LockedError)
      return `${dataDir} (in use by process ${error.holder.identity.pid})`;
    throw error;
  }
}

function nearestThere(dir: string): string {
  return existsSync(dir) ? dir : nearestThere(path.dirname(dir));
}

async function lookAtPort({ host, port }: Settings): Promise<string> {
  const free = await tryPort(host, port);
  if (free === null) throw new Error(`${port} on ${host} cannot be used`);
  return `${free} on ${host} is free`;
}

async function lookAtPostgres({ databaseUrl }: Settings): Promise<string> {
  if (!databaseUrl) {
    const user = await postgresUser(say);
    await postgresBinaries({ user, sharedDir: sharedDirDefault, log: say });
    return `embedded, run as ${user?.name ?? 'you'}`;
  }
  return askOwnPostgres(databaseUrl);
}

async function lookAtTemporal(env: NodeJS.ProcessEnv): Promise<string> {
  if (externalTemporalAddress(env)) return askOwnTemporal(env);
  const onPath = await findOnPath('temporal', env);
  for (const file of [onPath, path.join(cacheDirOf(env), 'temporal')]) {
    const version = file && existsSync(file) ? await temporalVersion(file) : null;
    if (version) return `${file} (${version})`;
  }
  const go = await findOnPath('go', env);
  return `none yet: the first start downloads it${go ? ' or builds it with Go' : ''}`;
}

/** Nothing needs it. */
function describeAddon(): string {
  const longer = 'ID mapping takes longer';
  return {
    loaded: 'ID mapping uses it',
    'switched off': `switched off: ${longer}`,
    'not built':
      process.platform === 'win32'
        ? `none on Windows: ${longer} than elsewhere`
        : `none: ${longer}; install a C compiler, such as gcc, and build again`,
    broken: `cannot be loaded (${addonProblem()}): ${longer}; build again`,
    'unlike DuckDB': `not made for this version of DuckDB: ${longer}`,
  }[addonState()];
}
