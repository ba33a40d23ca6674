/** `tablegate backfill show`. */
import { Option, type Command } from 'commander';
import { cellStates, type BackfillView } from '../../../model/backfill';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { knownTasks, type KnownTask } from '../../client/tasks';
import { fields } from '../../show/table';
import { clockText, counted, tookText, utcText } from '../../show/words';
import { cellTable, type CellPage } from './cells';
import { badLines } from './end-lines';
import { countsText } from './progress-text';

type Options = PageOptions & { state?: string };

export function addShow(group: Command, done: Done): void {
  const command = apiCommand(group, 'show <id>', {
    about: 'show a backfill, and which of its cells went wrong',
    examples: ['backfill show <id>', 'backfill show <id> --state blocked --limit 1000'],
  }).addOption(
    new Option('--state <state>', 'list its cells in this state, newest time first').choices(
      cellStates,
    ),
  );
  withPages(command).action(onApi(done, show));
}

async function show(call: ApiCall<Options>, id: string): Promise<number> {
  const { api, options } = call;
  const path = `/backfills/${encodeURIComponent(id)}`;
  if (options.state !== undefined || options.pageToken !== undefined) {
    const query = pageQuery(options, { state: options.state });
    const page = await api.get<CellPage>(`${path}/cells${query}`);
    const lines = options.json ? [] : await cellTable(api, page.items);
    print(call, page, () => [...lines, ...moreLines(page)]);
    return 0;
  }
  const backfill = await api.get<BackfillView>(path);
  const lines = options.json ? [] : await linesOf(call, backfill);
  print(call, backfill, () => lines);
  return 0;
}

async function linesOf(call: ApiCall, backfill: BackfillView): Promise<string[]> {
  const taskOf = await knownTasks(call.api, backfill.taskIds.slice(0, namedTasks));
  const bad = await badLines(call, backfill);
  return [`Backfill ${backfill.id}`, ...fields(fieldsOf(backfill, taskOf)), ...bad];
}

/** Tasks that it was asked for in which are shown by name. */
const namedTasks = 10;

function fieldsOf(backfill: BackfillView, taskOf: (id: string) => KnownTask) {
  const { status, count, counts, startedBy, startedByUser, createdAt, finishedAt } = backfill;
  const { taskIds, estimatedEnd } = backfill;
  const names = taskIds.slice(0, namedTasks).map((id) => taskOf(id).name);
  const rest = taskIds.length - names.length;
  const end = estimatedEnd && `about ${clockText(new Date(estimatedEnd), new Date())}`;
  return [
    ['status', status],
    ['cells', `${counted(count, 'cell')}${count > 0 ? `: ${countsText(counts, cellStates)}` : ''}`],
    ['tasks', [...names, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')],
    ['downstream', backfill.downstream],
    ['existing', backfill.existing],
    ['concurrency', backfill.concurrency],
    ['started by', `${startedByUser} (${startedBy})`],
    ['started', utcText(createdAt)],
    ['ended', finishedAt ? utcText(finishedAt) : undefined],
    ['took', tookText(createdAt, finishedAt) ?? undefined],
    ['ends', end ?? undefined],
  ] as const;
}
