/** `tablegate run rerun`. */
import type { Command } from 'commander';
import type { CellView } from '../../../model/backfill';
import type { RunRead } from '../../../scheduling/scheduling';
import { apiCommand, note, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { interruptedCode } from '../../client/interrupts';
import { findTask } from '../../client/tasks';
import { watch, watchToEnd } from '../backfill/watch';
import { pathOf, printEnded, waitForRun } from './watch';

type Options = { downstream?: boolean; wait?: boolean };

/** The new run; one that waits for its turn has no id yet. */
type Rerun = Omit<RunRead, 'id'> & { id: string | null; backfillId: string | null };

export function addRerun(group: Command, done: Done): void {
  apiCommand(group, 'rerun <task> <run>', {
    about: 'run again what a record is of: the next attempt of its schedule time, or by hand',
    examples: ['run rerun Unify <run> --wait', 'run rerun Unify <run> --downstream'],
  })
    .option('--downstream', 'with everything that comes after it')
    .option('--wait', 'wait for its end; the exit code is 0 when all of it succeeded')
    .action(onApi(done, rerun));
}

async function rerun(call: ApiCall<Options>, text: string, runId: string): Promise<number> {
  const { api, slowApi, options } = call;
  const taskId = await findTask(api, text);
  const path = `/tasks/${taskId}/runs/${encodeURIComponent(runId)}:rerun`;
  const downstream = options.downstream ? 'matching' : 'none';
  const again = await slowApi.post<Rerun>(path, { downstream });
  if (options.wait) return wait(call, again);
  print(call, again, () => startedLines(call, again));
  return 0;
}

function wait(call: ApiCall<Options>, { id, taskId, backfillId }: Rerun): Promise<number> {
  if (id !== null) note(`Run ${id} has started`);
  if (backfillId === null) return waitForRun(call, { taskId, id: id ?? '' });
  return call.options.downstream ? watch(call, backfillId) : waitForAttempt(call, backfillId);
}

/** An instance is run again by a backfill of one cell, which knows of runs that have yet to begin. */
async function waitForAttempt(call: ApiCall, backfillId: string): Promise<number> {
  const ended = await watchToEnd(call, backfillId);
  if (ended === null) return interruptedCode;
  const path = `/backfills/${backfillId}/cells?pageSize=1`;
  const { items } = await call.api.get<{ items: CellView[] }>(path);
  const [cell] = items;
  if (cell?.runId) {
    const name = { taskId: cell.taskId, id: cell.runId };
    return printEnded(call, await call.api.get<RunRead>(pathOf(name)));
  }
  print(call, ended, () => [`It did not run: ${cell?.reason ?? ended.status}`]);
  return 1;
}

function startedLines(
  { hint }: ApiCall,
  { id, taskId, backfillId, scheduleTime }: Rerun,
): string[] {
  return [
    id === null ? `The rerun of ${scheduleTime} waits for its turn.` : `Run ${id} has started.`,
    ...(id === null ? [] : [`See it: ${hint(`run show ${taskId} ${id}`)}`]),
    ...(backfillId === null ? [] : [`Watch all of it: ${hint(`backfill watch ${backfillId}`)}`]),
  ];
}
