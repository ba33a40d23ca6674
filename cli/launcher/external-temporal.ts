/** A Temporal that the user runs: named by the standard variables and profiles of its clients. */
import { loadClientConfigProfile, loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * @returns `host:port` of the Temporal that the environment or its profile names; null when none
 *   is named, so that one has to be started
 * @throws Error when the profile cannot be read
 */
export function externalTemporalAddress(env: NodeJS.ProcessEnv): string | null {
  return loadClientConfigProfile({ overrideEnvVars: given(env) }).address ?? null;
}

/** How a client connects to it, by the same variables and profiles. */
export function externalTemporalOptions(
  env: NodeJS.ProcessEnv,
): ReturnType<typeof loadClientConnectConfig> {
  return loadClientConnectConfig({ overrideEnvVars: given(env) });
}

/** A variable that is empty counts as not given. */
function given(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]);
  return Object.fromEntries(entries);
}
