import { setTimeout as sleep } from 'node:timers/promises';
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import type { Logger } from 'pino';
import { searchAttributes } from '../model/search-attributes';

const grpc = { deadlineExceeded: 4, alreadyExists: 6, unavailable: 14 };
const callMs = 5_000;
const betweenTriesMs = 1_000;

/**
 * Registers the search attributes of tasks and runs in the namespace; safe to repeat. Temporal may
 * still be starting.
 * @param signal ends the tries; the answer then comes once no call is under way any more
 * @returns false, after one warning, where that is not allowed here: runs go on without them
 */
export async function registerSearchAttributes(
  client: Client,
  log: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    try {
      await register(client);
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (isMomentary(error)) {
        await sleep(betweenTriesMs, undefined, { ref: false, signal }).catch(() => undefined);
        if (signal.aborted) return false;
        continue;
      }
      if (isGrpcServiceError(error) && error.code === grpc.alreadyExists) return true;
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        'search attributes could not be registered in Temporal; tasks and runs go without them',
      );
      return false;
    }
  }
}

async function register(client: Client): Promise<void> {
  const { namespace } = client.options;
  const { operatorService } = client.connection as { operatorService: OperatorService };
  await client.withDeadline(Date.now() + callMs, async () => {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    const missing = Object.values(searchAttributes).filter(
      (name) => !(name in (customAttributes ?? {})),
    );
    if (missing.length === 0) return;
    const keyword = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
    await operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, keyword])),
    });
  });
}

type OperatorService = temporal.api.operatorservice.v1.OperatorService;

function isMomentary(error: unknown): boolean {
  return (
    isGrpcServiceError(error) &&
    (error.code === grpc.unavailable || error.code === grpc.deadlineExceeded)
  );
}
