/** A Temporal that the user runs: named by the standard variables and profiles of its clients. */
import { loadClientConfigProfile } from '@temporalio/envconfig';

/**
 * @returns `host:port` of the Temporal that the environment or its profile names; null when none
 *   is named, so that one has to be started
 * @throws Error when the profile cannot be read
 */
export function externalTemporalAddress(env: NodeJS.ProcessEnv): string | null {
  const given = Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]);
  return loadClientConfigProfile({ overrideEnvVars: Object.fromEntries(given) }).address ?? null;
}
