/** The second pass: what the values of the collected tables are like, found out in child processes. */
import path from 'node:path';
import { JobError, type JobConnection, type JobContext } from '../../../model/job-type';
import type { CatalogueStore } from '../../../store/store';
import { runChild, type Ending } from '../run-child';
import type { MetadataCollectionConfig } from './config';
import type { SeenValues, ToChild, ToParent, ValuesTable, ValuesWork } from './messages';
import type { CollectionRecord } from './record';

/** Tables that one child looks at: what it needs of them stays small. */
const tablesOfChild = 500;
/** Tables whose profiles are written at once. */
const writtenAtOnce = 25;
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

/** @param names of the tables to look at */
export async function lookAtTables(pass: LookPass, names: readonly string[]): Promise<void> {
  const { context, catalogue } = pass;
  for (let start = 0; start < names.length; start += tablesOfChild) {
    const tables = await catalogue.some(context.tenant, names.slice(start, start + tablesOfChild));
    const readable = tables.map(({ columns, ...table }): ValuesTable => ({
      ...{ name: table.name, schema: table.schema, table: table.table },
      ...{ kind: table.kind, rows: table.rows },
      columns: columns.map((column) => ({
        name: column.name,
        type: column.type,
        comment: column.comment,
      })),
    }));
    await lookInChild(pass, readable, { done: start, of: names.length });
  }
}

async function lookInChild(
  pass: LookPass,
  tables: ValuesTable[],
  progress: { done: number; of: number },
): Promise<void> {
  const { context, catalogue, record } = pass;
  let waiting: SeenValues[] = [];
  let writing: Promise<void> = Promise.resolve();
  let done = progress.done;
  const write = (): void => {
    const some = waiting;
    waiting = [];
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
        if (waiting.length >= writtenAtOnce) write();
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
