/**
 * Starts one Temporal and one PostgreSQL for the whole jest run and tells the tests where they are:
 * TEST_TEMPORAL_ADDRESS (namespace `tablegate`) and TEST_DATABASE_URL. Servers that these name
 * already are used as they are; TEST_NO_SERVERS=1 starts none, for tests that need none.
 */
import { startTestServers, type TestServers } from './servers/test-servers';

declare global {
  var tablegateTestServers: TestServers | undefined;
}

export default async function globalSetup(): Promise<void> {
  const { env } = process;
  if (env.TEST_NO_SERVERS === '1' || (env.TEST_TEMPORAL_ADDRESS && env.TEST_DATABASE_URL)) return;
  const servers = await startTestServers();
  globalThis.tablegateTestServers = servers;
  env.TEST_TEMPORAL_ADDRESS = servers.temporalAddress;
  env.TEST_DATABASE_URL = servers.databaseUrl;
  env.TEST_SERVERS_DIR = servers.dir;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void servers.stop().finally(() => process.exit(1)));
  }
}
