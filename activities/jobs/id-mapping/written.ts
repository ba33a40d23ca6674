/**
 * What a run keeps beside its result in the target, so that it computes it once: where a try ended
 * after its result was in place and before anybody was told, the next one tells what is there. To
 * compute it anew would take the run's own result for the former one, and lose what it has changed.
 */
import { openConnection } from '../../../connectors';
import type { HeldWrite } from '../../../connectors/connector';
import type { TableDetail } from '../../../model/run';
import type { ComputeRequest, IdMappingSummary } from './messages';
import type { Reporter } from './report';

/** What a result comes to. */
export interface Written {
  summary: IdMappingSummary;
  tables: TableDetail[];
}

interface Note extends Written {
  runId: string;
}

export function noteOf({ runId }: Pick<ComputeRequest, 'runId'>, written: Written): string {
  const note: Note = { runId, ...written };
  return JSON.stringify(note);
}

/** What a try of this run has put in place; null where the target holds the result of another. */
export function writtenIn(
  { runId, writer }: Pick<ComputeRequest, 'runId' | 'writer'>,
  write: HeldWrite | null,
): Written | null {
  if (write === null || write.note === null || write.writer !== writer) return null;
  const note = parsed(write.note);
  if (note?.runId !== runId) return null;
  const { summary, tables } = note;
  return { summary, tables };
}

/** Null: somebody else has changed it. */
function parsed(note: string): Note | null {
  try {
    return JSON.parse(note) as Note;
  } catch {
    return null;
  }
}

/** Whose result the target holds; null: nobody's. */
export async function lastWriteOf({
  filesRoots,
  fake,
  target,
}: ComputeRequest): Promise<HeldWrite | null> {
  const place = openConnection(target.connection, { filesRoots }, { fake });
  try {
    return await place.lastWrite(target.ref);
  } finally {
    await place.close();
  }
}

/** Looks into the target for what a try of this run has put in place; null also where it cannot look. */
export async function findWritten(request: ComputeRequest): Promise<Written | null> {
  const write = await lastWriteOf(request).catch(() => null);
  return writtenIn(request, write);
}

/** Tells of a result that a try before this one has put in place. @returns its summary */
export function tellWritten(reporter: Reporter, { summary, tables }: Written): IdMappingSummary {
  for (const detail of tables) reporter.send({ type: 'table', detail });
  const line = `A try of this run had put its result in ${summary.output} before it ended; it is not computed again.`;
  reporter.log('info', line);
  reporter.end();
  return summary;
}
