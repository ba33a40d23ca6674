import { homedir } from 'node:os';
import path from 'node:path';

/** Folder (absolute) for what is downloaded or built once for all data folders of a user. */
export function cacheDirOf(env: NodeJS.ProcessEnv): string {
  if (env.TABLEGATE_CACHE_DIR) return path.resolve(env.TABLEGATE_CACHE_DIR);
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  return path.resolve(base, 'tablegate');
}
