/** Tablegate as a user starts it: the command line in a process of its own, read by its output. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { apiClient, type ApiClient } from '../../../cli/api-client';
import { patience } from '../patience';
import { nextFreePort } from '../../../cli/launcher/free-port';
import { endOrphans } from '../../../cli/launcher/orphans';

const root = path.resolve(__dirname, '..', '..', '..');
const bootstrap = path.join(root, 'bootstrap.mjs');
/** What bootstrap.mjs ends up running; sources that change during a test do not matter to it. */
const entry = path.join(root, 'dist', 'cli', 'main.js');

/** Makes dist what the sources are. */
export function buildOnce(): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bootstrap, 'build'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the build failed: ${stdout}${stderr}`);
}

/**
 * A port for who is killed and started again there: not one of those that the system gives to
 * connections, by which it might be taken meanwhile.
 */
export async function lastingPort(): Promise<string> {
  return String(await nextFreePort(19_000 + (process.pid % 500)));
}

export interface StartedProcess {
  child: ChildProcess;
  /** Everything that it has written so far. */
  output(): string;
  /** Settles when the output has the text; fails when the process ends before. */
  until(text: string): Promise<void>;
  /** Exit code or signal, once it has ended. */
  ended: Promise<number | NodeJS.Signals>;
}

/** Runs a command of Tablegate on a data folder, without the settings of who runs the tests. */
export function runTablegate(
  args: string[],
  { dataDir, env = {} }: { dataDir: string; env?: NodeJS.ProcessEnv },
): StartedProcess {
  const { PATH, HOME, XDG_CACHE_HOME, TABLEGATE_CACHE_DIR } = process.env;
  const child = spawn(process.execPath, [entry, ...args, '--data-dir', dataDir], {
    cwd: root,
    env: {
      ...{ PATH, HOME, XDG_CACHE_HOME, TABLEGATE_CACHE_DIR },
      TEMPORAL_CONFIG_FILE: path.join(dataDir, 'no-profiles.toml'),
      ...{ PORT: '0', TABLEGATE_PATIENCE: String(patience) },
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let look = () => {};
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8');
    look();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = once(child, 'close').then(
    ([code, signal]) => (signal ?? code) as number | NodeJS.Signals,
  );
  const until = (text: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => output.includes(text) && resolve();
      look();
      void ended.then((how) => reject(new Error(`ended with ${how} before "${text}":\n${output}`)));
    });
  return { child, ended, until, output: () => output };
}

export interface Started extends StartedProcess {
  url: string;
  /** The trigger URLs of the demo task, as printed. */
  curls: string[];
  api: ApiClient;
}

/** `npm start`, up to the line that says how to stop it. */
export async function startTablegate(
  dataDir: string,
  options: { args?: string[]; env?: NodeJS.ProcessEnv } = {},
): Promise<Started> {
  const { args = [], env } = options;
  const started = runTablegate(['up', ...args], { dataDir, env });
  await started.until('Ctrl-C stops everything');
  const output = started.output();
  const url = /^ {2}API +(\S+)\/api\/v1$/m.exec(output)?.[1] ?? '';
  const key = readFileSync(path.join(dataDir, 'admin.key'), 'utf8').trim();
  const curls = [...output.matchAll(/^ {2}curl (\S+)$/gm)].map((match) => match[1] as string);
  return { ...started, url, curls, api: apiClient({ url, key }) };
}

/** Ends what a test has left of a start, in whatever state it is. */
export async function endTablegate(started: StartedProcess, dataDir: string): Promise<void> {
  started.child.kill('SIGTERM');
  await started.ended;
  if (existsSync(dataDir)) await endOrphans(dataDir, () => {});
}
