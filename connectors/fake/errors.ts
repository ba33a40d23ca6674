import { ConnectorError } from '../connector';
import type { FakeConfig, FakeOperation } from './config';

/** The scripted failure of an operation, or null. */
export function scriptedError(config: FakeConfig, operation: FakeOperation): ConnectorError | null {
  const failure = config.failures.find((scripted) => scripted.on === operation);
  return failure ? new ConnectorError(failure.message) : null;
}
