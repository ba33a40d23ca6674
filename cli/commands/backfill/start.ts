/** `tablegate backfill` itself: the plan, or the start and all until the end. */
import { randomUUID } from 'node:crypto';
import { cellsToConfirm, type BackfillView, type PlanView } from '../../../model/backfill';
import { ApiError } from '../../api-client';
import { note, print, type ApiCall } from '../../client/api-command';
import { agrees, canAsk } from '../../client/ask';
import { knownTasks } from '../../client/tasks';
import { counted, durationText, grouped } from '../../show/words';
import { planLines, shownCells, shownMarks } from './plan-lines';
import { requestOf, type BackfillOptions, type RequestBody } from './request';
import { watch } from './watch';

type Call = ApiCall<BackfillOptions>;

/** @returns exit code: 0 when the plan was shown, the start was enough, or all of it succeeded */
export async function start(call: Call): Promise<number> {
  const { api, options } = call;
  const request = await requestOf(api, options);
  if (options.dryRun) return showPlan(call, request);
  const backfill = await begin(call, request);
  if (backfill === null) return 1;
  if (options.detach) {
    print(call, backfill, () => startedLines(call, backfill));
    return 0;
  }
  note(`Backfill ${backfill.id}: ${counted(backfill.count, 'cell')}`);
  return watch(call, backfill.id);
}

async function showPlan(call: Call, request: RequestBody): Promise<number> {
  const { api, slowApi, options } = call;
  const plan = await slowApi.post<PlanView>('/backfills', { ...request, dryRun: true });
  const shown = [...plan.cells.slice(0, shownCells), ...plan.marks.slice(0, shownMarks)];
  const ids = options.json ? [] : shown.map(({ taskId }) => taskId);
  const taskOf = await knownTasks(api, ids);
  print(call, plan, () => planLines(plan, taskOf));
  return 0;
}

/** Starts it, once it was confirmed if it is large. @returns null when that was denied */
async function begin(call: Call, request: RequestBody): Promise<BackfillView | null> {
  const { slowApi, options } = call;
  const send = (confirm: boolean) =>
    slowApi.post<BackfillView>('/backfills', { ...request, confirm }, randomUUID());
  try {
    return await send(options.confirm ?? false);
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 'confirmationNeeded') throw error;
    const plan = await slowApi.post<PlanView>('/backfills', { ...request, dryRun: true });
    if (!canAsk()) throw unconfirmed(error, plan);
    if (await agrees(`${sizeText(plan)}. Start it?`)) return send(true);
    note('Nothing was started.');
    return null;
  }
}

function sizeText({ count, estimatedSeconds }: PlanView): string {
  const time =
    estimatedSeconds === null ? '' : `, which take about ${durationText(estimatedSeconds)}`;
  return `The plan has ${counted(count, 'cell')}${time}`;
}

function unconfirmed({ status, code, body }: ApiError, plan: PlanView): ApiError {
  const detail =
    `${sizeText(plan)}; more than ${grouped(cellsToConfirm)} have to be confirmed. ` +
    'Give --confirm to start it, or --dry-run to look at it.';
  return new ApiError(status, code, detail, { ...body, detail });
}

function startedLines({ hint }: Call, { id, count }: BackfillView): string[] {
  return [
    `Backfill ${id} of ${counted(count, 'cell')} has started.`,
    `Watch it: ${hint(`backfill watch ${id}`)}`,
  ];
}
