/** `tablegate run log`. */
import type { Command } from 'commander';
import type { LogLine } from '../../../model/run';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask } from '../../client/tasks';
import { plain } from '../../show/width';
import { utcText } from '../../show/words';
import { latestRun } from './latest';

export function addLog(group: Command, done: Done): void {
  apiCommand(group, 'log <task> [run]', {
    about: 'print the last 1,000 lines of the log of a run; where none is named, of the latest one',
    examples: ['run log Unify', 'run log Unify <run>'],
  }).action(onApi(done, log));
}

async function log(call: ApiCall, text: string, runId?: string): Promise<number> {
  const { api } = call;
  const taskId = await findTask(api, text);
  const id = runId ?? (await latestRun(api, taskId)).id;
  const path = `/tasks/${taskId}/runs/${encodeURIComponent(id)}/log`;
  const lines = await api.get<{ items: LogLine[] }>(path);
  print(call, lines, () =>
    lines.items.map(({ at, level, line }) => `${utcText(at)}  ${level.padEnd(5)}  ${plain(line)}`),
  );
  return 0;
}
