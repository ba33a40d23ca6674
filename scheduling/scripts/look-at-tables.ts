/** What the tables of a script are now. */
import { TablegateError } from '../../model/errors';
import type { Caller } from '../../model/people';
import type { KnownColumn } from '../../model/script-columns';
import type { ScriptEndpoint } from '../../model/script-endpoints';
import { formatTableName } from '../../model/table-name';
import type { SchedulingDeps } from '../deps';
import { useSource } from '../open-source';

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

/** @param endpoints whose connections are there */
export async function lookAtTables(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  { tenant }: Caller,
  endpoints: readonly ScriptEndpoint[],
): Promise<SeenTables> {
  const seen: SeenTables = { tables: [], failures: [] };
  for (const endpoint of endpoints) {
    try {
      seen.tables.push(...(await lookAt(deps, tenant, endpoint)));
    } catch (error) {
      if (!(error instanceof TablegateError)) throw error;
      const what = endpoint.side === 'read' ? 'source' : 'target';
      seen.failures.push(
        `the ${what} ${endpoint.connection} cannot be looked at: ${error.message}`,
      );
    }
  }
  return seen;
}

async function lookAt(
  deps: Pick<SchedulingDeps, 'store' | 'secrets' | 'settings'>,
  tenant: string,
  { side, connection, tables }: ScriptEndpoint,
): Promise<SeenTable[]> {
  const row = await deps.store.sources.findConnection(tenant, connection!);
  if (!row) throw new TablegateError('connectionNotFound', `There is no connection ${connection}.`);
  return useSource(deps, row, async (source) => {
    const seen: SeenTable[] = [];
    for (const table of tables.slice(0, mostTables)) {
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
