/** Where a `temporal` executable can come from; each source either gives the path of one or null. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './run-command';

export interface Provision {
  /** Environment to look for `temporal` and `go` in. */
  env: NodeJS.ProcessEnv;
  /** Folder (absolute, there) that a new executable is to be made in; nobody else looks into it. */
  workDir: string;
  /** Takes one line for a person. */
  log: (line: string) => void;
  /** Ends the work when aborted. */
  signal?: AbortSignal;
}

/** A way to get a `temporal` executable: its path, or null when this way does not work here. */
export type TemporalSource = (provision: Provision) => Promise<string | null>;

/** The version that `go install` builds: newer ones have replace directives, which it refuses. */
const goVersion = 'v1.5.1';
const goPackage = 'github.com/temporalio/cli/cmd/temporal';

const progressEveryMs = 5_000;
const seconds = (since: number) => Math.round((Date.now() - since) / 1000);

/** @returns the version line of a `temporal` executable; null when the file is not a working one */
export async function temporalVersion(file: string): Promise<string | null> {
  // A first run of a 250 MB executable from a slow disk takes seconds.
  const { code, output } = await runCommand(file, ['--version'], { limitMs: 30_000 });
  const line = /^temporal version .*$/m.exec(output);
  return code === 0 && line ? line[0] : null;
}

/** Looks a command up in PATH. */
export async function findOnPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? '').split(path.delimiter)) {
    if (folder === '') continue;
    const file = path.join(folder, name);
    try {
      await access(file, constants.X_OK);
      if ((await stat(file)).isFile()) return file;
    } catch {
      // Not here; the next folder of PATH may have it.
    }
  }
  return null;
}

/** `temporal` on PATH. */
export const fromPath: TemporalSource = async ({ env, log }) => {
  const found = await findOnPath('temporal', env);
  log(found ? `Temporal: found on PATH: ${found}` : 'Temporal: none on PATH');
  return found;
};

/** The SDK's own download of the Temporal CLI, in a process that is ended when nothing arrives. */
export const fromSdkDownload: TemporalSource = async ({ env, workDir, log, signal }) => {
  log('Temporal: trying the download of the Temporal SDK');
  const since = Date.now();
  const reporter = setInterval(() => void reportDownload(workDir, since, log), progressEveryMs);
  const { code, output } = await runCommand(
    process.execPath,
    [path.join(__dirname, 'download-temporal.cjs'), workDir],
    { env, limitMs: 10 * 60_000, signal },
  );
  clearInterval(reporter);
  if (code === 0) return output.split('\n').at(-1) ?? null;
  log(`Temporal: the download does not work here (${lastLine(output) || 'it was stopped'})`);
  return null;
};

async function reportDownload(
  workDir: string,
  since: number,
  log: (line: string) => void,
): Promise<void> {
  for (const name of await readdir(workDir).catch(() => [])) {
    const { size } = await stat(path.join(workDir, name)).catch(() => ({ size: 0 }));
    log(`Temporal: downloading, ${Math.round(size / 1e6)} MB after ${seconds(since)} s`);
  }
}

/** Builds the Temporal CLI with Go. */
export const fromGo: TemporalSource = async ({ env, workDir, log, signal }) => {
  const go = await findOnPath('go', env);
  if (!go) {
    log('Temporal: no Go on PATH to build it with');
    return null;
  }
  if (!(await goCanSeeModule(go, env, log))) return null;
  const target = `${goPackage}@${goVersion}`;
  log(`Temporal: building it: go install ${target} (minutes, this once)`);
  const counts = { modules: 0, packages: 0 };
  const since = Date.now();
  const reporter = setInterval(() => {
    log(
      `Temporal: building for ${seconds(since)} s (${counts.modules} modules downloaded, ` +
        `${counts.packages} packages compiled)`,
    );
  }, 2 * progressEveryMs);
  const { code, output } = await runCommand(go, ['install', '-v', target], {
    env: { ...env, GOBIN: workDir, CGO_ENABLED: '0' },
    limitMs: 30 * 60_000,
    silenceMs: 5 * 60_000,
    signal,
    onLine: (line) => {
      if (line.startsWith('go: downloading ')) counts.modules += 1;
      else counts.packages += 1;
    },
  });
  clearInterval(reporter);
  if (code === 0) {
    log(`Temporal: built in ${seconds(since)} s`);
    return path.join(workDir, 'temporal');
  }
  log(`Temporal: the build failed (${lastLine(output) || 'it was stopped'})`);
  return null;
};

/** A bounded question first, so that a machine without a network is known within seconds. */
async function goCanSeeModule(
  go: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<boolean> {
  const module = `${goPackage.split('/').slice(0, 3).join('/')}@${goVersion}`;
  const { code, output } = await runCommand(go, ['list', '-m', module], { env, limitMs: 20_000 });
  if (code === 0) return true;
  log(`Temporal: Go does not reach ${module} (${lastLine(output) || 'no answer in 20 s'})`);
  return false;
}

function lastLine(output: string): string {
  return output.split('\n').at(-1)?.slice(0, 160) ?? '';
}
