/** `tablegate trigger list`: the ledger of a task. */
import { Option, type Command } from 'commander';
import { triggerOutcomes, type LedgerEntry } from '../../../model/trigger';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { moreLines, pageQuery, withPages, type PageOptions } from '../../client/options';
import { findTask, knownTasks } from '../../client/tasks';
import { table } from '../../show/table';
import { utcText, zonedText } from '../../show/words';

type Options = PageOptions & { outcome?: string; table?: string };

interface Ledger {
  items: LedgerEntry[];
  nextPageToken: string | null;
}

export function addList(group: Command, done: Done): void {
  const command = apiCommand(group, 'list <task>', {
    about: 'list every trigger call of a task with what became of it, newest first',
    examples: ['trigger list Unify', 'trigger list Unify --outcome ignored'],
  })
    .addOption(new Option('--outcome <outcome>', 'only these').choices(triggerOutcomes))
    .option('--table <table>', 'only calls for this table');
  withPages(command).action(onApi(done, list));
}

async function list(call: ApiCall<Options>, text: string): Promise<number> {
  const { api, options } = call;
  const taskId = await findTask(api, text);
  const query = pageQuery(options, { outcome: options.outcome, table: options.table });
  const page = await api.get<Ledger>(`/tasks/${taskId}/triggers${query}`);
  const taskOf = await knownTasks(api, options.json ? [] : [taskId]);
  print(call, page, () => [...tableOf(page, taskOf(taskId).timezone), ...moreLines(page)]);
  return 0;
}

function tableOf({ items }: Ledger, timezone: string | null): string[] {
  if (items.length === 0) return ['There are none.'];
  const rows = items.map((item) => [
    ...[utcText(item.at), item.table, item.outcome, zonedText(item.scheduleTime, timezone)],
    ...[item.runId, item.caller, item.receipt, item.reason],
  ]);
  const heading = ['at', 'table', 'outcome', 'time', 'run', 'caller', 'receipt', 'reason'];
  return table(heading, rows);
}
