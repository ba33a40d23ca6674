/** What the store has confirmed, and which Updates were answered. */
import type { CellEnd } from '../backfill';
import type { TaskState } from '../task-state';
import { trimOldest } from './step';

const maxAnswers = 100;
const maxEndsPerSignal = 500;

/** Notes what the store has confirmed: so many entries of the outbox, and the task at a revision. */
export function confirmProjected(
  state: TaskState,
  confirmed: { ledger: number; runs: number; revision: number },
): void {
  state.outbox.ledger.splice(0, confirmed.ledger);
  state.outbox.runs.splice(0, confirmed.runs);
  state.projected = confirmed.revision;
}

/** Keeps an Update's answer for retries after a roll-over. */
export function rememberAnswer(state: TaskState, id: string, runId: string | null): void {
  state.answers.push({ id, runId });
  trimOldest(state.answers, maxAnswers);
}

/** Notes what the Schedule is known to be now. */
export function confirmSchedule(state: TaskState, schedule: string | null): void {
  state.schedule = schedule;
}

/** Takes the oldest reports, all for one backfill: they go in one signal. */
export function takeReports(state: TaskState): { backfill: string; ends: CellEnd[] } | null {
  const first = state.reports[0];
  if (!first) return null;
  const ends = state.reports.filter(({ backfill }) => backfill === first.backfill);
  return { backfill: first.backfill, ends: ends.slice(0, maxEndsPerSignal).map(({ end }) => end) };
}

/** Notes that a backfill was told of so many ends. */
export function confirmReports(state: TaskState, backfill: string, count: number): void {
  let left = count;
  state.reports = state.reports.filter((report) => report.backfill !== backfill || left-- <= 0);
}
