/** The first pass: what there is, from the source's own catalogue into ours. */
import type { CatalogueSource, CollectedSlice } from '../../../connectors/collect';
import { takenOf } from '../../../connectors/taken';
import { batchesOf } from '../../../model/catalogue/batches';
import type { CollectedTable } from '../../../model/catalogue/collected';
import { alivePolicyOf, deletedPolicyOf } from '../../../model/catalogue/policies';
import { makeTableFilter, type TableFilter } from '../../../model/catalogue/table-filter';
import { JobError, type JobContext } from '../../../model/job-type';
import { formatTableName, parseTableName } from '../../../model/table-name';
import type { CatalogueStore, Collection } from '../../../store/store';
import type { MetadataCollectionConfig } from './config';
import type { CollectionRecord } from './record';

type Context = JobContext<MetadataCollectionConfig>;

export interface CollectPass {
  context: Context;
  catalogue: CatalogueStore;
  source: CatalogueSource;
  record: CollectionRecord;
  /** How long the source may say nothing. */
  silenceMs: number;
}

/** A table that is in the catalogue as it is now. */
export interface CurrentTable {
  name: string;
  columns: number;
}

/** @returns the tables that are in the catalogue as they are now, in order */
export async function collectTables(pass: CollectPass): Promise<CurrentTable[]> {
  const { context, source } = pass;
  const filter = makeTableFilter(context.config);
  const { databases, takes } = filter;
  const seen: string[] = [];
  const current: CurrentTable[] = [];
  const patience = new Patience(pass);
  try {
    const request = { databases, takes, signal: patience.signal };
    const slices = source.tables(request)[Symbol.asyncIterator]();
    for (;;) {
      const { done, value } = await patience.waitFor(slices.next());
      if (done) break;
      await writeSlice(pass, value, { seen, current });
      context.progress({ fraction: 0, text: `${seen.length} tables collected` });
    }
  } finally {
    patience.end();
  }
  await settleMissing(pass, filter, seen);
  return current;
}

/** Waits for the source as long as the run goes on, and no longer than it may say nothing. */
class Patience {
  readonly #stop = new AbortController();
  readonly #run: AbortSignal;
  readonly #silenceMs: number;
  readonly #sentence: string;
  readonly #follow = (): void => this.#stop.abort(this.#run.reason);

  constructor({ context: { signal, config }, silenceMs }: CollectPass) {
    this.#run = signal;
    this.#silenceMs = silenceMs;
    const seconds = Math.round(silenceMs / 1_000);
    this.#sentence = `${config.connection}: the source said nothing for ${seconds} s while its tables were asked for.`;
    if (signal.aborted) this.#follow();
    signal.addEventListener('abort', this.#follow);
  }

  /** Aborted when the waiting is over: what the source does then ends too. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** @throws JobError where the source says nothing for too long; the reason of the run's signal */
  async waitFor<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this.#stop;
    const timer = setTimeout(() => this.#stop.abort(new JobError(this.#sentence)), this.#silenceMs);
    let abort = (): void => undefined;
    const over = new Promise<never>((_, reject) => {
      abort = () => reject(signal.reason as Error);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort);
    });
    try {
      return await Promise.race([answer, over]);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  }

  end(): void {
    this.#run.removeEventListener('abort', this.#follow);
  }
}

async function writeSlice(
  { context, catalogue, record }: CollectPass,
  { tables, unread }: CollectedSlice,
  { seen, current }: { seen: string[]; current: CurrentTable[] },
): Promise<void> {
  const { connection, aliveObjectPolicy } = context.config;
  const nameOf = ({ schema, table }: { schema: string; table: string }) =>
    formatTableName({ connection, schema, table });
  const fail = (name: string, reason: string): void => {
    record.failed(name, reason);
    context.log('warn', `${name}: ${reason}`);
  };
  for (const one of unread) {
    seen.push(nameOf(one));
    fail(nameOf(one), one.error);
  }
  const writable: CollectedTable[] = [];
  for (const one of tables) {
    seen.push(nameOf(one));
    if (isNameable(connection, one)) writable.push(one);
    else fail(nameOf(one), 'its name cannot be written as connection.schema.table.');
  }
  const policy = alivePolicyOf(aliveObjectPolicy);
  const columnsOf = ({ definition }: CollectedTable) => definition.columns.length;
  for (const batch of batchesOf(writable, columnsOf, writtenAtOnce)) {
    const outcomes = await catalogue.collect(collectionOf(context), batch, policy);
    for (const one of batch) {
      const outcome = outcomes.get(nameOf(one)) ?? 'left';
      const columns = columnsOf(one);
      record.collected(nameOf(one), columns, outcome);
      if (outcome !== 'left') current.push({ name: nameOf(one), columns });
    }
  }
}

const writtenAtOnce = { tables: Infinity, columns: 10_000 };

/** Two tables never have one name: what does not come apart again as it was is left out. */
function isNameable(connection: string, { schema, table }: CollectedTable): boolean {
  const parts = parseTableName(formatTableName({ connection, schema, table }));
  return parts?.schema === schema && parts.table === table;
}

/** Tables that are gone, of which one statement is told. */
const settledAtOnce = 1_000;

/** Tables that are not there any more, and names under which there never was one. */
async function settleMissing(
  { context, catalogue, record }: CollectPass,
  filter: TableFilter,
  seen: readonly string[],
): Promise<void> {
  const { connection, deletedObjectPolicy } = context.config;
  const known = await catalogue.unseen(context.tenant, connection, seen);
  const takes = ({ schema, table }: (typeof known)[number]) => filter.takes(schema, table);
  const gone = await takenOf(known, takes, context.signal);
  const names = gone.map(({ name }) => name);
  const policy = deletedPolicyOf(deletedObjectPolicy);
  for (let start = 0; start < names.length; start += settledAtOnce) {
    const some = names.slice(start, start + settledAtOnce);
    record.deleted(await catalogue.settleGone(collectionOf(context), some, policy));
  }
  for (const { name } of gone) context.log('info', `${name} is gone from the source.`);
  const answered = new Set([...seen, ...names]);
  const fail = (name: string, reason: string): void => {
    record.failed(name, reason);
    context.log('warn', `${name}: ${reason}`);
  };
  for (const one of filter.named) {
    const name = formatTableName({ connection, ...one });
    if (answered.has(name)) continue;
    fail(name, `there is no table ${one.schema}.${one.table} in ${connection}.`);
  }
  for (const one of filter.outside) {
    const reason = `its database ${one.schema} is not among the databases that the task names.`;
    fail(formatTableName({ connection, ...one }), reason);
  }
}

function collectionOf({ tenant, config, taskId, runId }: Context): Collection {
  return { tenant, connection: config.connection, taskId, runId };
}
