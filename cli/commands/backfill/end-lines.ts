/** What is said of a backfill that has ended. */
import { cellStates, type BackfillView } from '../../../model/backfill';
import type { ApiCall } from '../../client/api-command';
import { counted, grouped, tookText } from '../../show/words';
import { badCells, badCount, badStates, cellTable } from './cells';
import { countsText } from './progress-text';

/** Cells that went wrong which are named at the end. */
const namedCells = 10;

/** How it ended; where cells failed, which, why, and how to go on. */
export async function endLines(call: ApiCall, backfill: BackfillView): Promise<string[]> {
  return [summaryLine(backfill), ...(await badLines(call, backfill))];
}

function summaryLine({ id, status, count, counts, createdAt, finishedAt }: BackfillView): string {
  const took = tookText(createdAt, finishedAt);
  const states = countsText(counts, cellStates);
  const cells = count === 0 ? 'there was nothing to run' : `${counted(count, 'cell')}: ${states}`;
  return `Backfill ${id} ${status}${took ? ` after ${took}` : ''}; ${cells}`;
}

/** The cells that did not succeed, the first of them by name, with what to do about them. */
export async function badLines({ api, hint }: ApiCall, backfill: BackfillView): Promise<string[]> {
  const { id, counts } = backfill;
  const all = badCount(counts);
  if (all === 0) return [];
  const shown = await badCells(api, id, counts, namedCells);
  const rest = all - shown.length;
  const ofState = `--state ${badStates.find((state) => counts[state])}`;
  return [
    '',
    ...(await cellTable(api, shown)),
    ...(rest > 0 ? [`and ${grouped(rest)} more: ${hint(`backfill show ${id} ${ofState}`)}`] : []),
    '',
    `Run what went wrong again: ${hint(`backfill retry-failed ${id}`)}`,
  ];
}
