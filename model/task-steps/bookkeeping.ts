/** What the store has confirmed, and which Updates were answered. */
import type { TaskState } from '../task-state';
import { trimOldest } from './step';

const maxAnswers = 100;

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
