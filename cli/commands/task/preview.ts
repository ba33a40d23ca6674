/** `tablegate task preview`: the next times of a recurrence. */
import { Option, type Command } from 'commander';
import { apiCommand, onApi, print, type ApiCall, type Done } from '../../client/api-command';
import { wholeNumber } from '../../client/options';
import { UsageError } from '../../client/usage-error';

interface Options {
  cron?: string;
  every?: 'day' | 'hour';
  at?: string;
  interval?: number;
  timezone?: string;
  after?: string;
}

interface Preview {
  times: { time: string; note: string | null }[];
  dstRule: string;
}

const flags = { from: '--after', timezone: '--timezone' };

export function addPreview(group: Command, done: Done): void {
  apiCommand(group, 'preview', {
    about: 'show the next ten times of a recurrence, with what clock changes do to them',
    examples: [
      "task preview --cron '0 30 2 * * ?' --timezone Europe/Berlin",
      'task preview --every day --at 02:30',
      'task preview --every hour --at 00:15 --interval 2',
    ],
  })
    .option('--cron <expression>', 'Quartz (6 or 7 fields) or Unix cron (5 fields)')
    .addOption(new Option('--every <unit>', 'daily or hourly').choices(['day', 'hour']))
    .option('--at <HH:mm>', 'time of the day; of hourly times, the first one of the day')
    .option('--interval <n>', 'hours between two hourly times (1)', wholeNumber)
    .option('--timezone <zone>', 'IANA zone; that of the installation where none is named')
    .option('--after <time>', 'the times after this one (now)')
    .action(onApi(done, preview, { flags }));
}

async function preview(call: ApiCall<Options>): Promise<number> {
  const { timezone, after } = call.options;
  const recurrence = recurrenceOf(call.options);
  const body = { recurrence, timezone, from: after };
  const seen = await call.api.post<Preview>('/recurrences:preview', body);
  print(call, seen, () => linesOf(seen));
  return 0;
}

function recurrenceOf({ cron, every, at, interval }: Options): Record<string, unknown> {
  if ((cron === undefined) === (every === undefined)) {
    throw new UsageError('Give either --cron or --every');
  }
  if (cron !== undefined && (at !== undefined || interval !== undefined)) {
    throw new UsageError('--at and --interval belong to --every');
  }
  if (cron !== undefined) return { cron };
  if (every === 'hour') return { every, from: at, interval };
  if (interval !== undefined) throw new UsageError('--interval belongs to --every hour');
  if (at === undefined) throw new UsageError('--every day needs --at');
  return { every, at };
}

function linesOf({ times, dstRule }: Preview): string[] {
  if (times.length === 0) return ['It has no time after that.'];
  const isNoted = times.some(({ note }) => note !== null);
  return [
    ...times.map(({ time, note }) => (note === null ? time : `${time}  ${note}`)),
    ...(isNoted ? ['', dstRule] : []),
  ];
}
