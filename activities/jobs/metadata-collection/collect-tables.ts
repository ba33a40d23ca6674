/** The first pass: what there is, from the source's own catalogue into ours. */
import type { CatalogueSource, CollectedSlice } from '../../../connectors/collect';
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

/** @returns the names of the tables that are in the catalogue as they are now, in order */
export async function collectTables(pass: CollectPass): Promise<string[]> {
  const { context, source } = pass;
  const filter = makeTableFilter(context.config);
  const { databases, takes } = filter;
  const { signal } = context;
  const seen: string[] = [];
  const current: string[] = [];
  const slices = source.tables({ databases, takes, signal })[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await nextSlice(slices, pass);
    if (done) break;
    await writeSlice(pass, value as CollectedSlice, { seen, current });
    context.progress({ fraction: 0, text: `${seen.length} tables collected` });
  }
  await settleMissing(pass, filter, seen);
  return current;
}

/** @throws JobError where the source says nothing for too long; the signal's reason */
async function nextSlice(
  slices: AsyncIterator<CollectedSlice>,
  { context: { signal, config }, silenceMs }: CollectPass,
): Promise<IteratorResult<CollectedSlice>> {
  const silence = AbortSignal.timeout(silenceMs);
  const over = AbortSignal.any([signal, silence]);
  const aborted = new Promise<never>((_, reject) => {
    const end = () => {
      const seconds = Math.round(silenceMs / 1_000);
      const sentence = `${config.connection}: the source said nothing for ${seconds} s while its tables were asked for.`;
      reject(signal.aborted ? (signal.reason as Error) : new JobError(sentence));
    };
    if (over.aborted) end();
    else over.addEventListener('abort', end, { once: true });
  });
  return Promise.race([slices.next(), aborted]);
}

async function writeSlice(
  { context, catalogue, record }: CollectPass,
  { tables, unread }: CollectedSlice,
  { seen, current }: { seen: string[]; current: string[] },
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
  if (writable.length === 0) return;
  const policy = alivePolicyOf(aliveObjectPolicy);
  const outcomes = await catalogue.collect(collectionOf(context), writable, policy);
  for (const one of writable) {
    const outcome = outcomes.get(nameOf(one)) ?? 'left';
    record.collected(nameOf(one), one.definition.columns.length, outcome);
    if (outcome !== 'left') current.push(nameOf(one));
  }
}

/** Two tables never have one name: what does not come apart again as it was is left out. */
function isNameable(connection: string, { schema, table }: CollectedTable): boolean {
  const parts = parseTableName(formatTableName({ connection, schema, table }));
  return parts?.schema === schema && parts.table === table;
}

/** Tables that are not there any more, and names under which there never was one. */
async function settleMissing(
  { context, catalogue, record }: CollectPass,
  filter: TableFilter,
  seen: readonly string[],
): Promise<void> {
  const { connection, deletedObjectPolicy } = context.config;
  const known = await catalogue.unseen(context.tenant, connection, seen);
  const gone = known.filter(({ schema, table }) => filter.takes(schema, table));
  const names = gone.map(({ name }) => name);
  const policy = deletedPolicyOf(deletedObjectPolicy);
  record.deleted(await catalogue.settleGone(collectionOf(context), names, policy));
  for (const { name } of gone) context.log('info', `${name} is gone from the source.`);
  const answered = new Set([...seen, ...names]);
  for (const one of filter.named) {
    const name = formatTableName({ connection, ...one });
    if (answered.has(name)) continue;
    const reason = `there is no table ${one.schema}.${one.table} in ${connection}.`;
    record.failed(name, reason);
    context.log('warn', `${name}: ${reason}`);
  }
}

function collectionOf({ tenant, config, taskId, runId }: Context): Collection {
  return { tenant, connection: config.connection, taskId, runId };
}
