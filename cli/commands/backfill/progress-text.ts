/** How a backfill goes, in one line. */
import type { BackfillView, CellState } from '../../../model/backfill';
import { clockText, durationText, grouped } from '../../show/words';

type Seen = Pick<BackfillView, 'status' | 'count' | 'counts' | 'estimatedEnd'>;

const stateNames: Record<CellState, string> = {
  ...{ waiting: 'waiting', running: 'running', succeeded: 'succeeded', failed: 'failed' },
  ...{ timedOut: 'timed out', cancelled: 'cancelled', blocked: 'blocked', skipped: 'skipped' },
  dropped: 'dropped',
};

/** States that the line names beside how many are done. */
const toldStates: readonly CellState[] = [
  ...(['running', 'failed', 'timedOut', 'cancelled', 'blocked', 'dropped'] as const),
];

const widestBar = 30;
const narrowestBar = 5;

/** Cells that have come to an end, in whatever way. */
export function doneOf({ count, counts }: Pick<Seen, 'count' | 'counts'>): number {
  return count - (counts.waiting ?? 0) - (counts.running ?? 0);
}

/** Counts of some states, as in `2 failed, 1 blocked`; those that are none are left out. */
export function countsText(
  counts: Partial<Record<CellState, number>>,
  states: readonly CellState[],
): string {
  return states
    .filter((state) => (counts[state] ?? 0) > 0)
    .map((state) => `${grouped(counts[state] ?? 0)} ${stateNames[state]}`)
    .join(', ');
}

/**
 * @param room columns that the line may have, with a bar at its beginning; null: any, without a bar
 * @param now for the estimated end
 */
export function progressText(seen: Seen, room: number | null, now: Date): string {
  const { status, count } = seen;
  const done = doneOf(seen);
  const parts = [
    `${grouped(done)}/${grouped(count)} done`,
    countsText(seen.counts, toldStates),
    status === 'running' ? '' : status,
    endText(seen, now),
  ];
  const text = parts.filter((part) => part !== '').join(', ');
  const width = room === null ? 0 : Math.min(widestBar, room - text.length - 3);
  return width < narrowestBar ? text : `${bar(count === 0 ? 1 : done / count, width)} ${text}`;
}

function bar(fraction: number, width: number): string {
  const full = Math.floor(fraction * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}

function endText({ status, estimatedEnd }: Seen, now: Date): string {
  if (status !== 'running' || estimatedEnd === null) return '';
  const end = new Date(estimatedEnd);
  const left = Math.max(0, (end.getTime() - now.getTime()) / 1000);
  return `ends about ${clockText(end, now)} (${durationText(left)} left)`;
}
