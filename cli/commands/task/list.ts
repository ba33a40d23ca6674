/** `tablegate task list`. */
import { Option, type Command } from 'commander';
import { taskKinds } from '../../../model/task';
import type { TaskRead } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { table } from '../../show/table';
import { zonedText } from '../../show/words';

type Options = PageOptions & { search?: string; kind?: string };

interface TaskPage {
  items: TaskRead[];
  nextPageToken: string | null;
}

export function addList(group: Command, done: Done): void {
  const command = apiCommand(group, 'list', {
    about: 'list the tasks, newest first',
    examples: ['task list', 'task list --search unify --kind triggered'],
  })
    .option('--search <text>', 'only those with this in their names')
    .addOption(new Option('--kind <kind>', 'only of this kind').choices(taskKinds));
  withPages(command).action(onApi(done, list));
}

async function list(call: ApiCall<Options>): Promise<number> {
  const { search, kind } = call.options;
  const page = await call.api.get<TaskPage>(`/tasks${pageQuery(call.options, { search, kind })}`);
  print(call, page, () => [...tableOf(page), ...moreLines(page)]);
  return 0;
}

function tableOf({ items }: TaskPage): string[] {
  if (items.length === 0) return ['There are none.'];
  const rows = items.map(({ id, name, kind, paused, latestRun, nextRunTime, timezone }) => [
    ...[id, name, kind, paused ? 'paused' : null],
    ...[latestRun?.status, zonedText(nextRunTime, timezone)],
  ]);
  return table(['id', 'name', 'kind', 'paused', 'latest run', 'next run'], rows);
}
