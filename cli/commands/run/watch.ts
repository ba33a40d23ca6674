/** A run that is waited for. */
import type { RunRead } from '../../../scheduling/scheduling';
import { isEnded } from '../../../model/run-status';
import { note, print, type ApiCall } from '../../client/api-command';
import { interruptedCode, untilInterrupted } from '../../client/interrupts';
import { poll } from '../../client/poll';
import { ProgressLine } from '../../show/progress';
import { plain } from '../../show/width';
import { runLines } from './show';

export type RunName = Pick<RunRead, 'id' | 'taskId'>;

export const pathOf = ({ taskId, id }: RunName): string =>
  `/tasks/${taskId}/runs/${encodeURIComponent(id)}`;

/**
 * Waits for the end of a run and prints its record.
 * @returns exit code: 0 when it succeeded
 */
export async function waitForRun(call: ApiCall, run: RunName): Promise<number> {
  const { api, hint } = call;
  const line = new ProgressLine(process.stderr);
  const ended = await untilInterrupted((signal) =>
    poll({
      ask: () => api.get<RunRead>(pathOf(run)),
      isDone: ({ status }) => isEnded(status),
      onAnswer: (seen) => line.show(progressText(seen), isEnded(seen.status)),
      onAway: () => line.show('The server does not answer; asking again'),
      signal,
    }),
  ).finally(() => line.end());
  if (ended) return printEnded(call, ended);
  note(`The run ${run.id} goes on.`);
  note(`  see it     ${hint(`run show ${run.taskId} ${run.id}`)}`);
  note(`  cancel it  ${hint(`run cancel ${run.taskId} ${run.id}`)}`);
  return interruptedCode;
}

/** Prints the record of a run that has ended. @returns exit code: 0 when it succeeded */
export async function printEnded(call: ApiCall, run: RunRead): Promise<number> {
  const lines = call.options.json ? [] : await runLines(call.api, run);
  print(call, run, () => lines);
  return run.status === 'succeeded' ? 0 : 1;
}

function progressText({ id, status, progress }: RunRead): string {
  const percent = progress && `, ${Math.floor(progress.fraction * 100)} %: ${plain(progress.text)}`;
  return `Run ${id}: ${status}${progress && !isEnded(status) ? percent : ''}`;
}
