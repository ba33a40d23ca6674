/** Starts a module of ours as a child process, from the build as from source. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** What a computation needs of the environment; keys and passwords are not among it. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_OPTIONS'];

/**
 * @param modulePath absolute, without extension
 * @param heapMiB bound of its JavaScript heap; left out: Node's own
 * @returns the child; messages go by IPC, its standard error is piped
 */
export function forkEntry(modulePath: string, heapMiB?: number): ChildProcess {
  const fromSource = __filename.endsWith('.ts');
  const execArgv = [
    ...(fromSource ? ['--require', path.join(__dirname, 'from-source.cjs')] : []),
    ...(heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`]),
  ];
  const env = Object.fromEntries(
    passedOn.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  return fork(`${modulePath}${fromSource ? '.ts' : '.js'}`, [], {
    execArgv,
    env,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
