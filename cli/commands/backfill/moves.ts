/** `tablegate backfill pause`, `resume`, `cancel` and `retry-failed`. */
import type { Command } from 'commander';
import type { BackfillView } from '../../../model/backfill';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';

interface Move {
  /** The command, and the verb of the API. */
  verb: string;
  about: string;
  body?: unknown;
  /** What is said of it, and what to do next. */
  said: (backfill: BackfillView, hint: ApiCall['hint']) => string[];
}

export function addMoves(group: Command, done: Done): void {
  for (const move of [pause, resume, retryFailed]) {
    const { verb, about } = move;
    apiCommand(group, `${verb} <id>`, { about, examples: [`backfill ${verb} <id>`] }).action(
      onApi(done, (call: ApiCall, id: string) => carryOut(call, id, move)),
    );
  }
  const about = 'cancel a backfill: nothing new starts, and what runs comes to its end';
  apiCommand(group, 'cancel <id>', {
    about,
    examples: ['backfill cancel <id>', 'backfill cancel <id> --kill'],
  })
    .option('--kill', 'cancel what runs too')
    .action(onApi(done, (call: Cancel, id: string) => carryOut(call, id, cancel(call.options))));
}

type Cancel = ApiCall<{ kill?: boolean }>;

const watchLine = (id: string, hint: ApiCall['hint']) =>
  `Watch it: ${hint(`backfill watch ${id}`)}`;

const pause: Move = {
  verb: 'pause',
  about: 'pause a backfill: what runs goes on, nothing new starts',
  said: ({ id, status }, hint) => [
    `Backfill ${id} is ${status}: what runs goes on, nothing new starts.`,
    `Let it go on: ${hint(`backfill resume ${id}`)}`,
  ],
};

const resume: Move = {
  verb: 'resume',
  about: 'let a paused backfill go on',
  said: ({ id, status }, hint) => [`Backfill ${id} is ${status}.`, watchLine(id, hint)],
};

const retryFailed: Move = {
  verb: 'retry-failed',
  about: 'run again what failed, timed out or was cancelled, and what that blocked',
  said: ({ id, status }, hint) =>
    status === 'running'
      ? [`Backfill ${id} is running.`, watchLine(id, hint)]
      : [`Backfill ${id} is ${status}: it has no cell that can be run again.`],
};

const cancel = ({ kill = false }: { kill?: boolean }): Move => ({
  verb: 'cancel',
  about: '',
  body: { mode: kill ? 'kill' : 'drain' },
  said: ({ id, status }, hint) => [
    `Backfill ${id} is ${status}: ${kill ? 'what runs is cancelled' : 'what runs comes to its end'}.`,
    watchLine(id, hint),
  ],
});

async function carryOut(call: ApiCall, id: string, { verb, body, said }: Move): Promise<number> {
  const path = `/backfills/${encodeURIComponent(id)}:${verb}`;
  const backfill = await call.api.post<BackfillView>(path, body);
  print(call, backfill, () => said(backfill, call.hint));
  return 0;
}
