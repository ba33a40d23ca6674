/** Job type `metadata-collection`: what a source holds, brought into the catalogue. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnection } from '../../../connectors';
import { messageOf } from '../../../connectors/message-of';
import { metadataCollectionType } from '../../../model/catalogue/collected';
import { TablegateError } from '../../../model/errors';
import {
  defineJobType,
  JobError,
  type JobConnection,
  type JobContext,
  type JobResult,
  type JobType,
} from '../../../model/job-type';
import type { CatalogueStore } from '../../../store/store';
import { collectTables } from './collect-tables';
import { metadataCollectionConfigSchema, type MetadataCollectionConfig } from './config';
import { lookAtTables } from './look-pass';
import { CollectionRecord } from './record';

/** A run has no end of its own where its task has no time limit: these are its bounds. */
export interface CollectionLimits {
  /** How long a source may say nothing while its tables are asked for. */
  silenceMs: number;
  /** How long the look at the values of one table may take, by a sample and by all rows. */
  sampleMs: number;
  exactMs: number;
}

const usualLimits: CollectionLimits = {
  silenceMs: 5 * 60_000,
  sampleMs: 60_000,
  exactMs: 15 * 60_000,
};

export interface MetadataCollectionDeps {
  catalogue: CatalogueStore;
  /** Folders (absolute) below which files of a tenant's connections must lie. */
  filesRoots: (tenant: string) => string[];
  /** Lets connections of kind `fake` work; for tests. */
  fake?: boolean;
  limits?: CollectionLimits;
  /** Told the process id of each look at values. */
  onChild?: (pid: number) => void;
}

type Context = JobContext<MetadataCollectionConfig>;

/** @throws JobError that says what is missing */
async function connectionOf({ config, connection }: Context): Promise<JobConnection> {
  const { connection: name, dataSourceType } = config;
  if (name === '') throw new JobError('The task names no connection to collect from.');
  try {
    return await connection(name);
  } catch (error) {
    const missing = error instanceof TablegateError && error.code === 'connectionNotFound';
    if (!missing) throw error;
    const kind = dataSourceType === undefined ? '' : ` (${dataSourceType})`;
    throw new JobError(
      `There is no connection ${name}${kind}; create a connection with that name, or name another one in the task.`,
      [],
      { cause: error },
    );
  }
}

/** @throws JobError where the grant of the task's author has been taken back */
async function requireAuthor({ config, mayUse }: Context): Promise<void> {
  const { author, connection } = config;
  if (author === undefined || (await mayUse(author, connection, 'read'))) return;
  throw new JobError(
    `The user ${author}, who saved the task, may not read from the connection ${connection} any more; let somebody save it who may.`,
  );
}

/** @throws JobError where nothing of what was asked for could be collected */
function refuseNothing({ config }: Context, record: CollectionRecord): void {
  if (record.collectedCount > 0) return;
  const [first] = record.failures;
  if (first !== undefined) {
    const others = record.failures.size - 1;
    const rest = others === 0 ? '' : ` ${others} more could not be either; the record says why.`;
    const sentence = `No table could be collected; ${first[0]}: ${first[1]}${rest}`;
    throw new JobError(sentence, record.details());
  }
  if (config.databases.length === 0 || record.deletedCount > 0) return;
  throw new JobError(
    `${config.connection} has no table in the databases ${config.databases.slice(0, 20).join(', ')}.`,
  );
}

async function run(context: Context, deps: MetadataCollectionDeps): Promise<JobResult> {
  const { config, tenant } = context;
  const { catalogue, fake = false, limits = usualLimits, onChild = () => undefined } = deps;
  const configured = await connectionOf(context);
  await requireAuthor(context);
  const filesRoots = deps.filesRoots(tenant);
  const record = new CollectionRecord();
  const current = await withSource(context, configured, { filesRoots, fake }, (source) =>
    collectTables({ context, catalogue, source, record, silenceMs: limits.silenceMs }),
  );
  refuseNothing(context, record);
  context.log('info', record.sentence());
  if (config.profile || config.classify) {
    const exact = config.profile && config.profileMode === 'exact';
    await lookAtTables(
      {
        ...{ context, catalogue, connection: configured, filesRoots, fake, record, onChild },
        tableLimitMs: exact ? limits.exactMs : limits.sampleMs,
      },
      current,
    );
    context.log('info', record.sentenceOfLooks());
  }
  return { tables: record.details(), summary: record.summary(config.connection) };
}

/** How long the end of a connection is waited for. */
const closeLimitMs = 500;

/** @throws JobError with what the source says, naming the connection */
async function withSource<T>(
  { config, signal }: Context,
  configured: JobConnection,
  { filesRoots, fake }: { filesRoots: string[]; fake: boolean },
  use: (source: ReturnType<ReturnType<typeof openConnection>['catalogue']>) => Promise<T>,
): Promise<T> {
  try {
    const connection = openConnection(configured, { filesRoots }, { fake });
    try {
      return await use(connection.catalogue());
    } finally {
      // A session that is still being opened is not waited for: it closes by itself.
      const closing = connection.close().catch(() => undefined);
      await Promise.race([closing, sleep(closeLimitMs, undefined, { ref: false })]);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof JobError) throw error;
    if (error instanceof TablegateError && error.code === 'storeUnavailable') throw error;
    throw new JobError(`${config.connection}: ${messageOf(error)}`, [], { cause: error });
  }
}

/** The job type, as a worker registers it. */
export function createMetadataCollectionJob(
  deps: MetadataCollectionDeps,
): JobType<MetadataCollectionConfig> {
  return defineJobType({
    type: metadataCollectionType,
    title: 'Metadata collection',
    configSchema: metadataCollectionConfigSchema,
    needsIdMapping: false,
    // It looks at tables as they are: what writes them is nothing that it has to wait for.
    lineage: () => ({ reads: [], writes: [] }),
    run: (context) => run(context, deps),
  });
}
