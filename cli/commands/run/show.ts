/** `tablegate run show`. */
import type { Command } from 'commander';
import type { RunRead } from '../../../scheduling/scheduling';
import type { ApiClient } from '../../api-client';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { findTask, knownTasks, type KnownTask } from '../../client/tasks';
import { fields, table } from '../../show/table';
import { tookText, utcText, zonedText } from '../../show/words';
import { latestRun } from './latest';

export function addShow(group: Command, done: Done): void {
  apiCommand(group, 'show <task> [run]', {
    about: 'show the record of a run; where none is named, of the latest one',
    examples: ['run show Unify', 'run show Unify <run> --json'],
  }).action(onApi(done, show));
}

async function show(call: ApiCall, text: string, runId?: string): Promise<number> {
  const { api, options } = call;
  const taskId = await findTask(api, text);
  const id = runId ?? (await latestRun(api, taskId)).id;
  const run = await api.get<RunRead>(`/tasks/${taskId}/runs/${encodeURIComponent(id)}`);
  const lines = options.json ? [] : await runLines(api, run);
  print(call, run, () => lines);
  return 0;
}

/** A record for a person. */
export async function runLines(api: ApiClient, run: RunRead): Promise<string[]> {
  const taskOf = await knownTasks(api, [run.taskId]);
  const tables = run.tables.map((each) => [
    ...[each.table, each.status, each.rowsRead, each.rowsWritten, each.error],
  ]);
  return [
    `Run ${run.id}`,
    ...fields(fieldsOf(run, taskOf(run.taskId))),
    ...(tables.length > 0
      ? ['', ...table(['table', 'status', 'rows read', 'rows written', 'error'], tables)]
      : []),
  ];
}

function fieldsOf(run: RunRead, { name, timezone }: KnownTask) {
  const { startedBy, startedByUser, progress, summary } = run;
  return [
    ['task', `${name}${name === run.taskId ? '' : ` (${run.taskId})`}`],
    ['status', run.status],
    ['why', run.failureReason ?? undefined],
    ['cause', run.failureCause ?? undefined],
    ['started by', `${startedBy}${startedByUser ? ` (${startedByUser})` : ''}`],
    ['schedule time', zonedText(run.scheduleTime, timezone) ?? undefined],
    ['attempt', run.scheduleTime === null ? undefined : run.attempt],
    ['tries', run.tries],
    ['queued', utcText(run.queuedAt)],
    ['started', utcText(run.startedAt)],
    ['ended', utcText(run.finishedAt)],
    ['took', tookText(run.startedAt, run.finishedAt) ?? undefined],
    [
      'progress',
      progress ? `${Math.floor(progress.fraction * 100)} %: ${progress.text}` : undefined,
    ],
    ['summary', summary ? JSON.stringify(summary) : undefined],
    ['Temporal UI', run.temporalUrl ?? undefined],
  ] as const;
}
