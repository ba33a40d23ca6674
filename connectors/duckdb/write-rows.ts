/**
 * Writes rows into a DuckDB file. Where the file is there, they come together in the scratch folder
 * and one transaction of the file brings them in, with what is remembered of the copy, so that the
 * file is held briefly; a new file is made beside its place and named when it is whole.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { mapColumns } from '../../model/column-mapping';
import type { TransferColumn } from '../../model/transfer-types';
import { tableNotFound } from '../columns';
import { ConnectorError } from '../connector';
import { smallEngine, withEngine } from '../duckdb-engine';
import type {
  ColumnPair,
  CopyTotals,
  Feed,
  RefuseLate,
  WriteRequest,
  WriteRows,
} from '../transfer';
import { bringIn, type Gathered } from './bring-in';
import { committedCopy } from './copies';
import {
  copyMemoryMiB,
  firstMemoryMiB,
  machineMemoryMiB,
  usualMemoryMiB,
  withEnoughMemory,
} from './copy-memory';
import { duckdbError } from './errors';
import { besideOf, giveName, makeBeside, onlyFills, rowsOf, sweep } from './new-file';
import { copyThreads } from './read-rows';
import { DuckdbSink } from './sink';
import { describeTarget, isThere, targetOf, withScriptFile, type Target } from './target';
import { duckdbTypeLike, typeOfDuckdb } from './types';

function pairsOf(
  request: WriteRequest,
  target: Target,
  present: TransferColumn[] | null,
): ColumnPair[] {
  const { plan, sourceColumns } = request;
  if (present === null && !plan.createTable) {
    const absent = tableNotFound(target.ref, path.basename(target.file));
    throw new ConnectorError(`${absent.message} "createTable": true makes it.`, { cause: absent });
  }
  return mapColumns({
    source: sourceColumns,
    target: present,
    columns: plan.columns,
    mapping: plan.mapping,
    place: target.place,
    typeLike: (column) => {
      const vendorType = duckdbTypeLike(column);
      return { vendorType, type: typeOfDuckdb(vendorType) };
    },
  });
}

/** All that a write goes by. */
interface Write {
  target: Target;
  request: WriteRequest;
  pairs: ColumnPair[];
  judge: DuckDBConnection;
  feed: Feed;
  refuseLate: RefuseLate;
}

async function intoNewFile(write: Write): Promise<CopyTotals> {
  const { target, request, pairs, judge, feed } = write;
  await sweep(target, request);
  const file = besideOf(target, request);
  try {
    const totals = await makeBeside(file, target, request, pairs, judge, feed);
    request.signal.throwIfAborted();
    if (await giveName(target, file)) return totals;
    return await commit(write, { rows: rowsOf(target, file), pairs, totals });
  } finally {
    for (const made of [file, `${file}.wal`]) await rm(made, { force: true });
  }
}

/** What cannot be taken away beside a file that is there is in nobody's way. */
async function tidy(target: Target, request: Pick<WriteRequest, 'writer'>): Promise<void> {
  await sweep(target, request).catch(() => undefined);
}

async function intoFile(write: Write): Promise<CopyTotals> {
  const { target, request, pairs, judge, feed } = write;
  await tidy(target, request);
  const sink = new DuckdbSink(request, pairs, judge);
  try {
    const totals = await feed(sink);
    request.signal.throwIfAborted();
    return await commit(write, { rows: await sink.finish(), pairs, totals });
  } finally {
    await sink.discard().catch(() => undefined);
  }
}

async function commit(write: Write, gathered: Gathered): Promise<CopyTotals> {
  const { target, request, refuseLate } = write;
  const { paths } = gathered.rows;
  // Refused rows are counted when they are told of, so they are told of once.
  let isTold = false;
  const refuse: RefuseLate = (refused) => {
    isTold = true;
    return refuseLate(refused);
  };
  const bring = (memoryMiB: number) =>
    withScriptFile(
      target.file,
      'write',
      request,
      (connection) => bringIn(connection, target, request, gathered, refuse),
      { paths, memoryMiB },
    );
  return withEnoughMemory(memoryFor(gathered, request), bring, () => !isTold);
}

function memoryFor({ rows: { sizes }, pairs }: Gathered, { plan }: WriteRequest): number {
  const needed =
    sizes === undefined
      ? firstMemoryMiB
      : copyMemoryMiB(pairs.length, sizes, copyThreads, machineMemoryMiB());
  return onlyFills({ plan }) ? needed : Math.max(usualMemoryMiB, needed);
}

export const writeDuckdbRows: WriteRows = {
  async committed(request) {
    const target = await targetOf(request);
    if (!(await isThere(target.file))) return null;
    const totals = await withScriptFile(target.file, 'read', request, (connection) =>
      committedCopy(connection, target, request),
    );
    // The try that committed may have been lost when its file had both names.
    if (totals !== null) await tidy(target, request);
    return totals;
  },

  async write(request, feed, refuseLate) {
    const { signal } = request;
    const target = await targetOf(request);
    const isNew = !(await isThere(target.file));
    const present = isNew
      ? null
      : await withScriptFile(target.file, 'read', request, (connection) =>
          describeTarget(connection, target),
        );
    const pairs = pairsOf(request, target, present);
    return withEngine(':memory:', smallEngine, signal, async (judge) => {
      try {
        const write = { target, request, pairs, judge, feed, refuseLate };
        return await (isNew && onlyFills(request) ? intoNewFile(write) : intoFile(write));
      } catch (error) {
        signal.throwIfAborted();
        throw duckdbError(path.basename(target.file), error);
      }
    });
  },
};
