import { filesRootsOf } from '../config';
import { openConnection } from '../connectors';
import type { Connection } from '../connectors/connector';
import { TablegateError } from '../model/errors';
import { placeOf } from '../store/secrets';
import type { ConnectionRow } from '../store/store';
import type { SchedulingDeps } from './deps';

/**
 * Opens a stored connection for one use.
 * @throws TablegateError connectionFailed with what the source says, or the source's own refusal
 */
export async function useSource<T>(
  { secrets, settings }: Pick<SchedulingDeps, 'secrets' | 'settings'>,
  row: ConnectionRow,
  use: (connection: Connection) => Promise<T>,
): Promise<T> {
  const sealed = row.secrets === null ? {} : secrets.open(placeOf(row), row.secrets);
  const config = { ...row.config, ...sealed };
  const filesRoots = filesRootsOf(settings, row.tenant);
  const connection = openConnection({ type: row.type, config }, { filesRoots });
  try {
    return await use(connection);
  } catch (error) {
    return refuseFailure(error);
  } finally {
    await connection.close();
  }
}

/** What a source says comes back as `connectionFailed`. */
export function refuseFailure(error: unknown): never {
  if (error instanceof TablegateError) throw error;
  const message = error instanceof Error ? error.message : String(error);
  throw new TablegateError('connectionFailed', message, { cause: error });
}
