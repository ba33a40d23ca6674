/** The copy itself: opens both sides, brings each row from one into the other, and sums it up. */
import { setMaxListeners } from 'node:events';
import {
  rowInWords,
  type Batch,
  type ColumnPair,
  type CopyTotals,
  type ReadRequest,
  type RefusedLate,
  type RowPart,
  type RowSink,
  type RowSource,
  type TakeChunk,
  type WriteRequest,
} from '../../../connectors/transfer';
import { DirtyValue } from '../../../model/dirty-value';
import { TablegateError } from '../../../model/errors';
import type { Cell, TransferColumn } from '../../../model/transfer-types';
import { cellConverterOf } from '../../../model/transfer-values';
import { Blame } from './blame';
import { DirtyRows } from './dirty-rows';
import { failureOf } from './failures';
import { readerOf, writerOf } from './kinds';
import type { SyncRequest, SyncSummary, ToParent } from './messages';
import { Pace } from './pace';

/** Parts of a copy that belong together. */
interface Copy {
  request: SyncRequest;
  blame: Blame;
  pace: Pace;
  dirty: DirtyRows;
  signal: AbortSignal;
}

/**
 * @param signal ends it; both sides are then as they were
 * @throws JobError, SupersededError, the signal's reason; anything else is a fault
 */
export async function copyRows(
  request: SyncRequest,
  send: (message: ToParent) => void,
  signal: AbortSignal,
): Promise<SyncSummary> {
  const stop = new AbortController();
  // Each part of the source listens to it.
  setMaxListeners(0, stop.signal);
  const follow = () => stop.abort(signal.reason);
  signal.addEventListener('abort', follow);
  const blame = new Blame(stop);
  const pace = new Pace(request, send, stop.signal);
  const dirty = new DirtyRows(request.plan.errorLimit, request.target.table);
  const copy: Copy = { request, blame, pace, dirty, signal: stop.signal };
  try {
    const summary = await run(copy);
    pace.end(null);
    return summary;
  } catch (error) {
    pace.stop();
    signal.throwIfAborted();
    const first = blame.first ?? { side: 'source' as const, error };
    const failure = failureOf(request, first);
    pace.end({ side: first.side, message: failure.message });
    throw failure;
  } finally {
    signal.removeEventListener('abort', follow);
  }
}

async function run(copy: Copy): Promise<SyncSummary> {
  const { request, blame, pace } = copy;
  const write = writeRequestOf(copy);
  const writer = writerOf(request.plan.write.kind);
  const before = await blame.at('target', () => writer.committed(write));
  if (before !== null) return summaryOf(copy, before, true);
  let fed = false;
  let committed: CopyTotals | null = null;
  const totals = await readAll(copy, [], async (source) => {
    const fill = async (sink: RowSink) => {
      const brought = await feed(copy, source, sink);
      fed = true;
      pace.doing('committing');
      return brought;
    };
    const withColumns = { ...write, sourceColumns: source.columns };
    committed = await blame.at('target', () =>
      writer.write(withColumns, fill, (refused) =>
        blame.at('target', async () => refuseLate(copy, refused)),
      ),
    );
    return committed;
  }).catch((error: unknown) => {
    // A source that breaks when its rows are in their place changes nothing any more.
    if (committed === null) throw error;
    return committed;
  });
  // What a target remembers of another try may be of other counts.
  const isOwn = fed && totals.rowsRead === pace.rowsRead;
  return summaryOf(copy, totals, !isOwn);
}

function writeRequestOf({ request, signal }: Copy): Omit<WriteRequest, 'sourceColumns'> {
  const { plan, target, filesRoots, scratchDir, writer, fence } = request;
  return {
    config: target.connection.config,
    context: { filesRoots },
    plan: plan.write,
    ...{ writer, fence: BigInt(fence), scratchDir, signal },
  };
}

/** Opens one connection after the other and hands on all of them as one source. */
async function readAll(
  copy: Copy,
  opened: RowSource[],
  use: (source: RowSource) => Promise<CopyTotals>,
): Promise<CopyTotals> {
  const { blame, request } = copy;
  if (opened.length === request.sources.length) return use(joined(request, opened));
  const read = readRequestOf(copy, opened.length);
  const readRows = readerOf(request.plan.read.kind);
  return blame.at('source', () =>
    readRows(read, (source) => readAll(copy, [...opened, source], use)),
  );
}

function readRequestOf({ request, signal }: Copy, place: number): ReadRequest {
  const { plan, filesRoots, scratchDir } = request;
  const { read, channels } = plan;
  const { tables, queries, paths } = read.parts[place]!;
  const { columns, where, splitPk, session, file } = read;
  return {
    config: request.sources[place]!.connection.config,
    context: { filesRoots },
    ...{ tables, queries, paths, columns, where, splitPk, session, file },
    ...{ channels, scratchDir, signal },
  };
}

/** Several sources have the same columns, one by one; nothing is quick about them. */
function joined({ sources }: SyncRequest, opened: RowSource[]): RowSource {
  const [first, ...others] = opened;
  if (others.length === 0) return first!;
  let before = 0;
  const parts = opened.flatMap((source, place) => {
    const shifted = source.parts.map((part) => {
      return { columns: source.columns, ...part, table: part.table + before };
    });
    before += sources[place]!.tables.length;
    return shifted;
  });
  const explain = (error: unknown) => first!.explain(error);
  return { columns: first!.columns, parts, rowsAbout: null, fast: {}, explain };
}

async function feed(copy: Copy, source: RowSource, sink: RowSink): Promise<CopyTotals> {
  const { blame, pace, dirty } = copy;
  const parts = source.parts.map((part) => {
    return { ...part, convert: convertersOf(source, part.columns ?? source.columns, sink.pairs) };
  });
  pace.rowsAbout = source.rowsAbout;
  pace.begin();
  const explain = (error: unknown) => sink.explain(error);
  const take = () => sink.takeFast(blamed(source, sink, blame), (chunk) => pace.read(chunk, 0));
  const fast = await blame.at('target', take, explain);
  if (fast === null) {
    pace.reset();
    dirty.reset();
    await eachPart(copy, source, parts, (batch, part) => takeBatch(copy, sink, part, batch));
  } else {
    pace.settle(fast);
  }
  await blame.at('target', async () => dirty.judge(pace.rowsRead));
  return totalsOf(copy);
}

function totalsOf({ pace: { rowsRead, rowsWritten }, dirty }: Copy): CopyTotals {
  return { rowsRead, rowsWritten, dirty: dirty.count };
}

/** Counts what only the whole table refused, against the same limit. */
function refuseLate(copy: Copy, refused: RefusedLate): CopyTotals {
  const { pace, dirty } = copy;
  pace.rowsWritten -= refused.count;
  dirty.addAll(refused);
  dirty.judge(pace.rowsRead);
  return totalsOf(copy);
}

/** The source with its quick ways told apart from what the target does with them. */
function blamed(source: RowSource, sink: RowSink, blame: Blame): RowSource {
  const { binaryCopy } = source.fast;
  if (binaryCopy === undefined) return source;
  const parts = binaryCopy.parts.map(
    (part) => (take: TakeChunk) =>
      blame.at(
        'source',
        () =>
          part((chunk) =>
            blame.at(
              'target',
              () => take(chunk),
              (error) => sink.explain(error),
            ),
          ),
        (error) => source.explain(error),
      ),
  );
  return { ...source, fast: { ...source.fast, binaryCopy: { ...binaryCopy, parts } } };
}

/** Reads the parts, as many at once as there are channels; rows are written one batch at a time. */
async function eachPart(
  { blame, request }: Copy,
  source: RowSource,
  parts: ConvertedPart[],
  take: (batch: Batch, part: ConvertedPart) => Promise<void>,
): Promise<void> {
  const waiting = [...parts];
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (batch: Batch, part: ConvertedPart): Promise<void> => {
    turn = turn.then(() => take(batch, part));
    return turn;
  };
  const worker = async () => {
    for (;;) {
      const part = waiting.shift();
      if (part === undefined) return;
      const { read } = part;
      const step = () => read((batch) => inTurn(batch, part));
      await blame.at('source', step, (error) => source.explain(error));
    }
  };
  const workers = Math.min(request.plan.channels, parts.length);
  const ends = await Promise.allSettled(Array.from({ length: workers }, worker));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed) throw failed.reason;
}

type Converter = (cell: Cell) => Cell;

interface ConvertedPart extends RowPart {
  convert: Converter[];
}

/** @param columns of one part of the source */
function convertersOf(
  source: RowSource,
  columns: TransferColumn[],
  pairs: ColumnPair[],
): Converter[] {
  const [wanted, given] = [source.columns.length, columns.length];
  if (wanted !== given) {
    throw new TablegateError(
      'invalidInput',
      `The tables or queries of the source give ${wanted} and ${given} columns; all have to give as many.`,
    );
  }
  return pairs.map(({ source, target }) => {
    const from = columns[source]!;
    const convert = cellConverterOf(from, target);
    if (convert !== null) return convert;
    throw new TablegateError(
      'invalidInput',
      `The column ${from.name} (${from.vendorType}) cannot become ${target.name} (${target.vendorType}).`,
    );
  });
}

async function takeBatch(
  { blame, pace, dirty }: Copy,
  sink: RowSink,
  { convert, table }: ConvertedPart,
  batch: Batch,
): Promise<void> {
  const rows: Cell[][] = [];
  const write = async () => {
    for (const { reason, row } of batch.broken) dirty.add(reason, row);
    for (const row of batch.rows) {
      const converted = convertRow(row, sink.pairs, convert);
      if (Array.isArray(converted)) rows.push(converted);
      else dirty.add(converted.reason, rowInWords(row));
    }
    if (rows.length === 0) return;
    pace.rowsWritten += rows.length;
    await sink.write(rows, (place, reason) => {
      pace.rowsWritten -= 1;
      dirty.add(reason, rowInWords(rows[place]!));
    });
  };
  await blame.at('target', write, (error) => sink.explain(error));
  const read = batch.rows.length + batch.broken.length;
  await pace.read({ rows: read, bytes: batch.bytes }, table);
}

function convertRow(
  row: Cell[],
  pairs: ColumnPair[],
  convert: Converter[],
): Cell[] | { reason: string } {
  const cells: Cell[] = Array.from({ length: pairs.length });
  for (let at = 0; at < pairs.length; at += 1) {
    try {
      cells[at] = convert[at]!(row[pairs[at]!.source]!);
    } catch (error) {
      if (!(error instanceof DirtyValue)) throw error;
      return { reason: `${pairs[at]!.target.name}: ${error.message}` };
    }
  }
  return cells;
}

function summaryOf(
  { request, pace, dirty }: Copy,
  totals: CopyTotals,
  isFormer: boolean,
): SyncSummary {
  const { seconds, bytes } = pace;
  if (isFormer) {
    pace.rowsRead = totals.rowsRead;
    pace.rowsWritten = totals.rowsWritten;
  }
  return {
    source: request.sources.flatMap(({ tables }) => tables),
    target: request.target.table,
    rowsRead: totals.rowsRead,
    rows: totals.rowsWritten,
    bytes,
    seconds: Math.round(seconds * 100) / 100,
    rowsPerSecond: isFormer ? 0 : Math.round(totals.rowsRead / seconds),
    dirty: { count: totals.dirty, samples: dirty.samples },
    ...(isFormer && { committedBefore: true }),
  };
}
