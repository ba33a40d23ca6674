/** A launcher in the foreground: from the first line to the last, signals included. */
import { watchFile } from 'node:fs';
import path from 'node:path';
import type { Settings } from '../../config';
import { ignoreClosedConsole, say } from '../console';
import { Launcher, StoppedError, type Running } from './launcher';
import { onStopSignals } from './stop-signals';

export interface ForegroundOptions {
  settings: Settings;
  env: NodeJS.ProcessEnv;
  /** Starts the server again whenever the sources were built again. */
  watch?: boolean;
  /**
   * Done once everything serves.
   * @param signal aborted when the start is told to stop
   * @returns true to stop then, false to go on until told to
   */
  whenServing: (running: Running, signal: AbortSignal) => Promise<boolean>;
}

/** `dist`, as this file lies in `dist/cli/launcher`. */
const distDir = path.resolve(__dirname, '..', '..');

/**
 * Starts everything, does the work, and stops everything again.
 * @returns exit code: 0 when it was told to stop or its work is done
 * @throws what the start or the work throws, after everything was stopped
 */
export async function runInForeground(options: ForegroundOptions): Promise<number> {
  ignoreClosedConsole();
  const told = new AbortController();
  let stopAsked = () => {};
  const launcher = new Launcher(
    {
      settings: options.settings,
      env: options.env,
      server: {
        command: process.execPath,
        args: ['--enable-source-maps', path.join(distDir, 'cli', 'main.js'), 'server'],
      },
      log: say,
    },
    () => stopAsked(),
  );
  const stopped = new Promise<void>((resolve, reject) => {
    stopAsked = onStopSignals((fast) => {
      say(fast ? 'Stopping at once' : 'Stopping (Ctrl-C again: at once)');
      told.abort();
      launcher.stop(fast).then(resolve, reject);
    });
  });
  try {
    const running = await launcher.start();
    if (options.watch) restartAfterBuilds(launcher);
    if (!(await options.whenServing(running, told.signal))) await stopped;
  } catch (error) {
    if (!(error instanceof StoppedError) && !told.signal.aborted) throw error;
  } finally {
    await launcher.stop(false);
  }
  if (told.signal.aborted) say('Stopped');
  return 0;
}

function restartAfterBuilds(launcher: Launcher): void {
  const stamp = path.join(distDir, '.build.json');
  watchFile(stamp, { interval: 500, persistent: false }, (now) => {
    if (now.mtimeMs === 0) return;
    say('Server: starting again after a build');
    void launcher.restartServer();
  });
}
