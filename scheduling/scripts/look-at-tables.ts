/** What the tables of a script are now. */
import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { KnownColumn } from '../../model/script-columns';
import type { ScriptEndpoint } from '../../model/script-endpoints';
import { formatTableName } from '../../model/table-name';
import type { SchedulingDeps } from '../deps';
import { useSource } from '../open-source';

/** Longest that one call looks at sources, all of them together: whoever asked waits for it. */
const lookLimitMs = 30_000;

/** More than any script moves; a list that is longer is looked at in part. */
const mostTables = 100;

export interface SeenTable {
  name: string;
  side: ScriptEndpoint['side'];
  /** Null: the source has no such table. */
  columns: KnownColumn[] | null;
}

export interface SeenTables {
  tables: SeenTable[];
  /** Sources that could not be looked at, in one sentence each. */
  failures: string[];
}

/**
 * @param endpoints whose connections are there
 * @param limitMs what is not seen by then is told as a failure
 */
export async function lookAtTables(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  { tenant }: Caller,
  endpoints: readonly ScriptEndpoint[],
  limitMs = lookLimitMs,
): Promise<SeenTables> {
  const limit = AbortSignal.timeout(limitMs);
  const seen: SeenTables = { tables: [], failures: [] };
  for (const endpoint of endpoints) {
    try {
      seen.tables.push(...(await untilLimit(limit, lookAt(deps, tenant, endpoint, limit))));
    } catch (error) {
      if (!(error instanceof TablegateError)) throw error;
      const what = endpoint.side === 'read' ? 'source' : 'target';
      const why = limit.aborted ? tooLong(limitMs) : error.message;
      seen.failures.push(`the ${what} ${endpoint.connection} cannot be looked at: ${why}`);
    }
  }
  return seen;
}

function tooLong(limitMs: number): string {
  return (
    `looking at all tables of the script took longer than ${limitMs / 1000} s; test the connection, ` +
    'and try again when its source answers sooner, or move fewer tables by one script'
  );
}

/** What goes on behind the limit ends by limits of its own. */
function untilLimit<T>(limit: AbortSignal, look: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(new TablegateError('connectionFailed', 'It took too long.'));
    if (limit.aborted) end();
    else limit.addEventListener('abort', end, { once: true });
    look.then(resolve, reject).finally(() => limit.removeEventListener('abort', end));
  });
}

async function lookAt(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  { side, connection, tables }: ScriptEndpoint,
  limit: AbortSignal,
): Promise<SeenTable[]> {
  const row = await deps.store.sources.findConnection(tenant, connection!);
  if (!row) throw new TablegateError('connectionNotFound', `There is no connection ${connection}.`);
  return useSource(deps, row, async (source) => {
    const seen: SeenTable[] = [];
    for (const table of tables.slice(0, mostTables)) {
      if (limit.aborted) break;
      const name = formatTableName({ connection: connection!, ...table });
      seen.push({ name, side, columns: await orNull(source.describeTable(table)) });
    }
    return seen;
  });
}

async function orNull(describing: Promise<KnownColumn[]>): Promise<KnownColumn[] | null> {
  try {
    return await describing;
  } catch (error) {
    if (error instanceof TablegateError && error.code === 'tableNotFound') return null;
    throw error;
  }
}
