/** `tablegate backfill watch`, and what a start shows until the end. */
import type { Command } from 'commander';
import { liveBackfillStatuses, type BackfillView } from '../../../model/backfill';
import { apiCommand, note, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { interruptedCode, untilInterrupted } from '../../client/interrupts';
import { poll } from '../../client/poll';
import { ProgressLine } from '../../show/progress';
import { endLines } from './end-lines';
import { progressText } from './progress-text';

export function addWatch(group: Command, done: Done): void {
  apiCommand(group, 'watch <id>', {
    about: 'show how a backfill goes until it has ended; Ctrl-C ends only the watching',
    examples: ['backfill watch <id>'],
  }).action(onApi(done, watch));
}

/** @returns exit code: 0 when every cell succeeded or was skipped */
export async function watch(call: ApiCall, id: string): Promise<number> {
  const ended = await watchToEnd(call, id);
  if (ended === null) return interruptedCode;
  const lines = call.options.json ? [] : await endLines(call, ended);
  print(call, ended, () => lines);
  return ended.status === 'succeeded' ? 0 : 1;
}

/**
 * Shows how it goes on standard error until it has ended.
 * @returns null after Ctrl-C, when it was said how to go on with it
 */
export async function watchToEnd({ api, hint }: ApiCall, id: string): Promise<BackfillView | null> {
  const line = new ProgressLine(process.stderr);
  const ended = await untilInterrupted((signal) =>
    poll({
      ask: () => api.get<BackfillView>(`/backfills/${encodeURIComponent(id)}`),
      isDone: hasEnded,
      onAnswer: (seen) => line.show(progressText(seen, line.room, new Date()), hasEnded(seen)),
      onAway: () => line.show('The server does not answer; asking again'),
      signal,
    }),
  ).finally(() => line.end());
  if (ended === null) for (const told of goesOnLines(id, hint)) note(told);
  return ended;
}

function hasEnded({ status }: BackfillView): boolean {
  return !(liveBackfillStatuses as readonly string[]).includes(status);
}

function goesOnLines(id: string, hint: ApiCall['hint']): string[] {
  return [
    `Backfill ${id} goes on.`,
    `  watch it   ${hint(`backfill watch ${id}`)}`,
    `  pause it   ${hint(`backfill pause ${id}`)}`,
    `  cancel it  ${hint(`backfill cancel ${id}`)}`,
  ];
}
