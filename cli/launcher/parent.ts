/** The npm process that this one was started by: when it is killed, this one has to end as well. */
import {
  commandLineOf,
  identityOf,
  isAlive,
  parentOf,
  type ProcessIdentity,
} from './process-identity';

/** npm runs a script in a shell, and that the command. */
const levels = 3;
const lookEveryMs = 1_000;

/** @returns the npm that runs this process as a script; null when it was started otherwise */
export function npmParent(env: NodeJS.ProcessEnv): ProcessIdentity | null {
  if (!env.npm_lifecycle_event) return null;
  let pid = process.ppid;
  for (let level = 0; level < levels && pid > 1; level += 1) {
    if (/\bnpm\b|\bnpx\b/.test(commandLineOf(pid))) return identityOf(pid);
    pid = parentOf(pid);
  }
  return null;
}

/**
 * Calls `onEnd` once when the process has ended.
 * @returns ends the watching
 */
export function watchProcess(identity: ProcessIdentity, onEnd: () => void): () => void {
  const timer = setInterval(() => {
    if (isAlive(identity)) return;
    clearInterval(timer);
    onEnd();
  }, lookEveryMs);
  timer.unref();
  return () => clearInterval(timer);
}
