/** Looks at the values of tables, one after the other; one that fails does not stop the others. */
import { openConnection } from '../../../connectors';
import {
  sampledRows,
  type CatalogueSource,
  type ColumnStatistics,
  type ValuesRequest,
} from '../../../connectors/collect';
import { ConnectorError } from '../../../connectors/connector';
import { messageOf } from '../../../connectors/message-of';
import { batchesOf } from '../../../model/catalogue/batches';
import { classifyColumn } from '../../../model/catalogue/classify';
import type { ColumnClassification } from '../../../model/catalogue/classify-schema';
import {
  profileValues,
  withoutValues,
  type ColumnProfile,
  type TableProfile,
} from '../../../model/catalogue/profile';
import type { SeenValues, ToParent, ValuesTable, ValuesWork } from './messages';

/** As sure as this, a column holds personal data, and none of its values are kept. */
const withheldFrom = 0.5;

type Statistics = Map<string, ColumnStatistics>;

/** Of what the source is asked for its statistics at once: of a column it may keep 200 values. */
const askedAtOnce = { tables: 500, columns: 2_000 };

/** So many tables one after the other of which the source says nothing: it will not of others. */
const mostInARow = 5;
const notLookedAt = 'its values were not looked at, as the source did not answer any more.';

/** Thrown when a look takes too long. */
class TooLong extends Error {}

/** Whether it is no fault of the table. */
function isOfTheSource(error: unknown): boolean {
  return error instanceof TooLong || (error instanceof ConnectorError && error.retryable);
}

/**
 * @param send is told of each table as it is done
 * @param stop ends it at once, on the server too
 * @throws the reason of `stop`
 */
export async function lookAtValues(
  work: ValuesWork,
  send: (message: ToParent) => void,
  stop: AbortSignal,
): Promise<void> {
  const { connection: configured, filesRoots, fake } = work;
  const connection = openConnection(configured, { filesRoots }, { fake });
  try {
    const source = connection.catalogue();
    const statistics = new KnownStatistics(source, { work, send, stop });
    let inARow = 0;
    for (const batch of batchesOf(work.tables, ({ columns }) => columns.length, askedAtOnce)) {
      const known = await statistics.of(inARow === mostInARow ? [] : batch);
      for (const table of batch) {
        if (inARow === mostInARow) {
          send({ type: 'unseen', name: table.name, error: notLookedAt });
          continue;
        }
        try {
          const seen = await limited({ ms: work.tableLimitMs, stop }, (signal) =>
            lookAt(source, work, table, {
              statistics: known.get(`${table.schema}.${table.table}`),
              signal,
            }),
          );
          send({ type: 'seen', seen });
          inARow = 0;
        } catch (error) {
          stop.throwIfAborted();
          inARow = isOfTheSource(error) ? inARow + 1 : 0;
          send({ type: 'unseen', name: table.name, error: messageOf(error) });
        }
      }
    }
  } finally {
    await connection.close();
  }
}

/** What the source keeps anyway: no row is read for it. Where it does not tell, samples do. */
class KnownStatistics {
  /** Whoever has failed to tell is not asked again. */
  #tells = true;

  constructor(
    private readonly source: CatalogueSource,
    private readonly how: {
      work: ValuesWork;
      send: (message: ToParent) => void;
      stop: AbortSignal;
    },
  ) {}

  async of(tables: readonly ValuesTable[]): Promise<Map<string, Statistics>> {
    const { work, send, stop } = this.how;
    const none = new Map<string, Statistics>();
    if (!this.#tells || tables.length === 0) return none;
    try {
      const refs = tables.map(({ schema, table }) => ({ schema, table }));
      return await limited(
        { ms: work.tableLimitMs, stop },
        async (signal) => (await this.source.statistics(refs, signal)) ?? none,
      );
    } catch (error) {
      stop.throwIfAborted();
      this.#tells = false;
      send({ type: 'log', line: `The source does not tell its statistics: ${messageOf(error)}` });
      return none;
    }
  }
}

/**
 * @throws a sentence when the time is over, the reason of `stop` when that comes first, whether `work`
 *   heeds its signal or not
 */
async function limited<T>(
  { ms, stop }: { ms: number; stop: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  stop.throwIfAborted();
  const over = new AbortController();
  const { signal } = over;
  const sentence = `looking at its values took longer than ${Math.round(ms / 1000)} s.`;
  const timer = setTimeout(() => over.abort(new TooLong(sentence)), ms);
  const follow = (): void => over.abort(stop.reason);
  stop.addEventListener('abort', follow);
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  try {
    return await Promise.race([work(signal), ended]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', follow);
  }
}

async function lookAt(
  source: CatalogueSource,
  { profile, classify, mode, scratchDir }: ValuesWork,
  { name, schema, table, kind, columns, rows }: ValuesTable,
  how: { statistics: Statistics | undefined; signal: AbortSignal },
): Promise<SeenValues> {
  const request: ValuesRequest = {
    ref: { schema, table },
    ...{ kind, columns, rows, scratchDir, signal: how.signal },
  };
  const { statistics } = how;
  const sample = statistics === undefined ? await source.sample(request) : null;
  const valuesOf = (column: string, place: number): (string | null)[] =>
    sample?.map((row) => row[place] ?? null) ?? statistics?.get(column)?.values ?? [];
  const classes = new Map(
    columns.map((column, place) => [
      column.name,
      classifyColumn(column, valuesOf(column.name, place)),
    ]),
  );
  const exact = profile && mode === 'exact' ? await source.exactProfile(request) : null;
  const total = sample === null ? rows : totalRows(sample.length, rows);
  const profiles = columns.map((column, place): ColumnProfile => {
    const kept =
      exact?.columns[place] ??
      statistics?.get(column.name)?.profile ??
      profileValues(column.type, valuesOf(column.name, place), total);
    return isPersonal(classes.get(column.name) ?? []) ? withoutValues(kept) : kept;
  });
  const rowsRead = exact?.rows ?? sample?.length ?? 0;
  const whole: TableProfile = {
    method: exact ? 'exact' : statistics ? 'statistics' : 'sample',
    at: new Date().toISOString(),
    rows: statistics && !exact ? rows : rowsRead,
    columns: Object.fromEntries(columns.map((column, place) => [column.name, profiles[place]!])),
  };
  const classified = [...classes].filter(([, some]) => some.length > 0);
  return {
    name,
    profile: profile ? whole : null,
    classes: classify ? Object.fromEntries(classified) : null,
    rowsRead,
  };
}

/** A sample of a small table that has fewer rows than it may is all of it: the source only estimates. */
function totalRows(sampled: number, estimated: number | null): number | null {
  const isWhole = estimated !== null && estimated <= sampledRows && sampled < sampledRows;
  return isWhole ? sampled : estimated;
}

function isPersonal(classes: readonly ColumnClassification[]): boolean {
  return classes.some((one) => one.class !== 'organisationCode' && one.confidence >= withheldFrom);
}
