/** `tablegate backfill list`. */
import { Option, type Command } from 'commander';
import { backfillStatuses, type BackfillView } from '../../../model/backfill';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { findTask } from '../../client/tasks';
import { table } from '../../show/table';
import { grouped, tookText, utcText } from '../../show/words';
import { badCount } from './cells';
import { doneOf } from './progress-text';

type Options = PageOptions & { status?: string; task?: string };

interface BackfillPage {
  items: BackfillView[];
  nextPageToken: string | null;
}

export function addList(group: Command, done: Done): void {
  const command = apiCommand(group, 'list', {
    about: 'list the backfills, newest first; reruns and table triggers are backfills too',
    examples: ['backfill list --status running', 'backfill list --task Unify --json'],
  })
    .addOption(new Option('--status <status>', 'only in this status').choices(backfillStatuses))
    .option('--task <task>', 'only those of this task, by id or exact name');
  withPages(command).action(onApi(done, list));
}

async function list(call: ApiCall<Options>): Promise<number> {
  const { api, options } = call;
  const taskId = options.task === undefined ? undefined : await findTask(api, options.task);
  const query = pageQuery(options, { status: options.status, taskId });
  const page = await api.get<BackfillPage>(`/backfills${query}`);
  print(call, page, () => [...tableOf(page), ...moreLines(page)]);
  return 0;
}

function tableOf({ items }: BackfillPage): string[] {
  if (items.length === 0) return ['There are none.'];
  const rows = items.map((item) => [
    ...[item.id, item.status, `${grouped(doneOf(item))}/${grouped(item.count)}`],
    ...[grouped(badCount(item.counts)), `${item.startedByUser} (${item.startedBy})`],
    ...[utcText(item.createdAt), tookText(item.createdAt, item.finishedAt)],
  ]);
  return table(['id', 'status', 'done', 'wrong', 'started by', 'started', 'took'], rows);
}
