/** `tablegate run list`. */
import { Option, type Command } from 'commander';
import { runStatuses } from '../../../model/run-status';
import type { RunRead } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { findTask, knownTasks, type KnownTask } from '../../client/tasks';
import { table } from '../../show/table';
import { tookText, utcText, zonedText } from '../../show/words';

type Options = PageOptions & { status?: string };

interface RunPage {
  items: RunRead[];
  nextPageToken: string | null;
}

export function addList(group: Command, done: Done): void {
  const command = apiCommand(group, 'list [task]', {
    about: 'list the runs of a task, or of all tasks, newest first',
    examples: ['run list Unify --limit 10', 'run list --status failed'],
  }).addOption(new Option('--status <status>', 'only in this status').choices(runStatuses));
  withPages(command).action(onApi(done, list));
}

async function list(call: ApiCall<Options>, text?: string): Promise<number> {
  const { api, options } = call;
  const query = pageQuery(options, { status: options.status });
  const of = text === undefined ? '' : `/tasks/${await findTask(api, text)}`;
  const page = await api.get<RunPage>(`${of}/runs${query}`);
  const ids = options.json ? [] : page.items.map(({ taskId }) => taskId);
  const taskOf = await knownTasks(api, ids);
  print(call, page, () => [...tableOf(page, taskOf), ...moreLines(page)]);
  return 0;
}

function tableOf({ items }: RunPage, taskOf: (id: string) => KnownTask): string[] {
  if (items.length === 0) return ['There are none.'];
  const rows = items.map((run) => {
    const { name, timezone } = taskOf(run.taskId);
    const took = tookText(run.startedAt, run.finishedAt);
    return [
      ...[run.id, name, run.status, run.startedBy, zonedText(run.scheduleTime, timezone)],
      ...[utcText(run.queuedAt), took, run.failureReason],
    ];
  });
  const heading = ['run', 'task', 'status', 'started by', 'schedule time', 'queued', 'took', 'why'];
  return table(heading, rows);
}
