/** The second pass: what the values of the collected tables are like, found out in child processes. */
import path from 'node:path';
import { batchesOf } from '../../../model/catalogue/batches';
import { JobError, type JobConnection, type JobContext } from '../../../model/job-type';
import type { CatalogueStore } from '../../../store/store';
import { runChild, type Ending } from '../run-child';
import type { CurrentTable } from './collect-tables';
import type { MetadataCollectionConfig } from './config';
import type { SeenValues, ToChild, ToParent, ValuesTable, ValuesWork } from './messages';
import type { CollectionRecord } from './record';

/** What one child looks at: what it needs of the tables stays small. */
const ofChild = { tables: 500, columns: 10_000 };
/** What profiles are written at once, as soon as there are so many. */
const writtenAtOnce = { tables: 25, columns: 1_000 };
/** Enough to end what runs on servers; a cancelled run ends within two seconds. */
const graceMs = 1_400;

export interface LookPass {
  context: JobContext<MetadataCollectionConfig>;
  catalogue: CatalogueStore;
  connection: JobConnection;
  filesRoots: string[];
  fake: boolean;
  record: CollectionRecord;
  tableLimitMs: number;
  onChild: (pid: number) => void;
}

/** @param current the tables to look at */
export async function lookAtTables(
  pass: LookPass,
  current: readonly CurrentTable[],
): Promise<void> {
  const { context, catalogue } = pass;
  let done = 0;
  for (const batch of batchesOf(current, ({ columns }) => columns, ofChild)) {
    const names = batch.map(({ name }) => name);
    const tables = await catalogue.outlines(context.tenant, names);
    await lookInChild(pass, tables, { done, of: current.length });
    done += batch.length;
  }
}

async function lookInChild(
  pass: LookPass,
  tables: ValuesTable[],
  progress: { done: number; of: number },
): Promise<void> {
  const { context, catalogue, record } = pass;
  let waiting: SeenValues[] = [];
  let columns = 0;
  let writing: Promise<void> = Promise.resolve();
  let done = progress.done;
  const columnsOf = new Map(tables.map((table) => [table.name, table.columns.length]));
  const write = (): void => {
    const some = waiting;
    waiting = [];
    columns = 0;
    writing = writing.then(() => catalogue.keepProfiles(context.tenant, some));
    // Waited for below; until then a failure is nobody's.
    writing.catch(() => undefined);
  };
  const oneMore = (): void => {
    done += 1;
    const text = `values of ${done} of ${progress.of} tables seen`;
    context.progress({ fraction: done / progress.of, text });
  };
  const receive = (message: ToParent): Ending<void> | null => {
    switch (message.type) {
      case 'seen':
        record.looked(message.seen.name, message.seen.rowsRead);
        waiting.push(message.seen);
        columns += columnsOf.get(message.seen.name) ?? 0;
        if (waiting.length >= writtenAtOnce.tables || columns >= writtenAtOnce.columns) write();
        oneMore();
        return null;
      case 'unseen':
        record.failed(message.name, message.error);
        context.log('warn', `${message.name}: ${message.error}`);
        oneMore();
        return null;
      case 'log':
        context.log('warn', message.line);
        return null;
      case 'done':
        return { answer: undefined };
      case 'failed':
        return { error: new JobError(`${context.config.connection}: ${message.message}`) };
    }
  };
  await runChild<ToParent, void>({
    entry: path.join(__dirname, 'child'),
    request: { type: 'look', work: workOf(pass, tables) } satisfies ToChild,
    signal: context.signal,
    cancel: { message: { type: 'cancel' } satisfies ToChild, graceMs },
    receive,
    onStart: pass.onChild,
  });
  write();
  await writing;
}

function workOf(
  { context, connection, filesRoots, fake, tableLimitMs }: LookPass,
  tables: ValuesTable[],
): ValuesWork {
  const { profile, classify, profileMode } = context.config;
  return {
    ...{ connection, filesRoots, fake, tables, profile, classify, tableLimitMs },
    scratchDir: context.scratchDir,
    mode: profileMode,
  };
}
