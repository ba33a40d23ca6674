/** `tablegate trigger table`. */
import type { Command } from 'commander';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { several } from '../../client/options';
import { UsageError } from '../../client/usage-error';
import { plain } from '../../show/width';
import { counted } from '../../show/words';

interface Options {
  time?: string[];
  from?: string;
  to?: string;
}

interface Triggered {
  backfillId: string | null;
  cells: number;
  marks: number;
}

const flags = { scheduleTimes: '--time', startTime: '--from', endTime: '--to' };

export function addTable(group: Command, done: Done): void {
  apiCommand(group, 'table <table>', {
    about:
      'say that a table has arrived, to all tasks that list or read it; with times, what exists ' +
      'is run again with everything downstream',
    examples: [
      'trigger table crm.main.orders',
      'trigger table crm.main.orders --time "2026-01-20 00:00:00"',
      'trigger table crm.main.orders --from 2026-01-01 --to 2026-01-31',
    ],
  })
    .option('--time <time>', 'a schedule time; may be given several times', several)
    .option('--from <time>', 'first of the schedule times')
    .option('--to <time>', 'last of them, which belongs to it')
    .action(onApi(done, triggerTable, { flags }));
}

async function triggerTable(call: ApiCall<Options>, table: string): Promise<number> {
  const path = `/tables/${encodeURIComponent(table)}:trigger`;
  const done = await call.slowApi.post<Triggered>(path, bodyOf(call.options));
  print(call, done, () => linesOf(call, table, done));
  return 0;
}

function bodyOf({ time, from, to }: Options): Record<string, unknown> | undefined {
  if (time && (from ?? to) !== undefined) {
    throw new UsageError('Give either --time, or --from and --to');
  }
  if ((from === undefined) !== (to === undefined)) {
    throw new UsageError('--from and --to belong together');
  }
  if (from !== undefined) return { startTime: from, endTime: to };
  return time && { scheduleTimes: time };
}

function linesOf({ hint }: ApiCall, table: string, { backfillId, cells, marks }: Triggered) {
  if (backfillId === null && marks === 0) {
    return [`No task waits for ${plain(table)}; nothing was started.`];
  }
  return [
    ...(marks > 0 ? [`${plain(table)}: ${counted(marks, 'mark')} set.`] : []),
    ...(backfillId === null
      ? []
      : [
          `Backfill ${backfillId} of ${counted(cells, 'cell')} has started.`,
          `Watch it: ${hint(`backfill watch ${backfillId}`)}`,
        ]),
  ];
}
