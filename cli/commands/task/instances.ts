/** `tablegate task instances`. */
import { Option, type Command } from 'commander';
import { runStatuses } from '../../../model/run-status';
import type { InstanceView } from '../../../scheduling/scheduling';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { findTask, knownTasks } from '../../client/tasks';
import { table } from '../../show/table';
import { zonedText } from '../../show/words';

type Options = PageOptions & { from?: string; to?: string; status?: string };

interface InstancePage {
  items: InstanceView[];
  nextPageToken: string | null;
}

export function addInstances(group: Command, done: Done): void {
  const statuses = [...runStatuses, 'waiting'];
  const command = apiCommand(group, 'instances <task>', {
    about: 'list the schedule times of a task with their latest attempts, newest first',
    examples: ['task instances Unify --from 2026-01-01 --to 2026-01-31 --status failed'],
  })
    .option('--from <time>', 'first schedule time')
    .option('--to <time>', 'last schedule time')
    .addOption(new Option('--status <status>', 'only in this status').choices(statuses));
  withPages(command).action(onApi(done, instances));
}

async function instances(call: ApiCall<Options>, text: string): Promise<number> {
  const { api, options } = call;
  const { from, to, status } = options;
  const id = await findTask(api, text);
  const query = pageQuery(options, { from, to, status });
  const page = await api.get<InstancePage>(`/tasks/${id}/instances${query}`);
  const taskOf = await knownTasks(api, options.json ? [] : [id]);
  print(call, page, () => [...tableOf(page, taskOf(id).timezone), ...moreLines(page)]);
  return 0;
}

function tableOf({ items }: InstancePage, timezone: string | null): string[] {
  if (items.length === 0) return ['There are none.'];
  const rows = items.map(({ scheduleTime, status, attempts, run, reason }) => [
    ...[zonedText(scheduleTime, timezone), status, attempts, run?.id, reason],
  ]);
  return table(['time', 'status', 'attempts', 'run', 'reason'], rows);
}
