/** What the options of `tablegate backfill` ask the API for. */
import type { BackfillRequest } from '../../../model/backfill';
import type { ExistingChoice } from '../../../model/existing-choice';
import type { ApiClient } from '../../api-client';
import { findTask } from '../../client/tasks';
import { UsageError } from '../../client/usage-error';

export interface BackfillOptions {
  task?: string[];
  table?: string[];
  from?: string;
  to?: string;
  time?: string[];
  downstream?: boolean;
  existing: ExistingChoice;
  concurrency?: number;
  confirm?: boolean;
  dryRun?: boolean;
  detach?: boolean;
}

/** The options by the fields that refusals name. */
export const backfillFlags = {
  ...{ taskIds: '--task', tables: '--table', scheduleTimes: '--time' },
  ...{ startTime: '--from', endTime: '--to', concurrency: '--concurrency' },
};

export type RequestBody = Partial<BackfillRequest>;

/**
 * @returns the body of `POST /backfills`, its tasks looked up
 * @throws UsageError for options that are missing or contradict each other
 */
export async function requestOf(api: ApiClient, options: BackfillOptions): Promise<RequestBody> {
  checkOptions(options);
  const { downstream, existing, concurrency } = options;
  return {
    ...(await whatOf(api, options)),
    ...timesOf(options),
    downstream: downstream ? 'matching' : 'none',
    existing,
    ...(concurrency === undefined ? {} : { concurrency }),
  };
}

function checkOptions({ task, table, from, to, time }: BackfillOptions): void {
  const isRange = from !== undefined || to !== undefined;
  if (!task && !table) throw new UsageError('Say what is to be run: --task or --table');
  if (task && table) throw new UsageError('Give either --task or --table');
  if (!isRange && !time) throw new UsageError('Say which times: --from and --to, or --time');
  if (isRange && time) throw new UsageError('Give either --from and --to, or --time');
  if (isRange && from === undefined) throw new UsageError('--to needs --from too');
  if (isRange && to === undefined) throw new UsageError('--from needs --to too');
}

async function whatOf(api: ApiClient, { task, table }: BackfillOptions): Promise<RequestBody> {
  if (table) return { tables: table };
  const taskIds: string[] = [];
  for (const text of task ?? []) taskIds.push(await findTask(api, text));
  return { taskIds: [...new Set(taskIds)] };
}

function timesOf({ from, to, time }: BackfillOptions): RequestBody {
  return time ? { scheduleTimes: time } : { startTime: from, endTime: to };
}
