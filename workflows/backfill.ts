/**
 * Drives one backfill. The plan lies in the store, which hands out what may run next; the driver
 * carries it to the tasks and their ends back. It keeps nothing that a new driver could not find
 * there, so it may be ended and started anew at any time.
 */
import {
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, BackfillAdvance } from '../activities/activities';
import type { CellEnd } from '../model/backfill';
import {
  backfillChangedSignal,
  instancesEndedSignal,
  instancesRequestedSignal,
  instancesStoppedSignal,
} from '../model/messages';
import { taskWorkflowId } from '../model/names';

const { advanceBackfill, dropTaskFromBackfill } = proxyActivities<Activities>({
  startToCloseTimeout: '60 s',
  retry: { initialInterval: '200 ms', maximumInterval: '10 s' },
});

/** Past this a history goes on in a new one. */
const maxEvents = 4_000;
/** How long it waits for cells that wait for another backfill. */
const joinedMs = 5_000;
/** How long nothing may be heard of cells under way before the records are looked at. */
const silenceMs = 120_000;

export interface BackfillDriver {
  tenant: string;
  id: string;
  /** Number of the next step. */
  step: number;
}

interface News {
  ends: Map<string, CellEnd[]>;
  changed: boolean;
  kill: boolean;
}

/** Works until the backfill has come to its end. */
export async function backfill(driver: BackfillDriver): Promise<void> {
  const news: News = { ends: new Map(), changed: false, kill: false };
  setHandler(instancesEndedSignal, ({ taskId, ends }) => {
    news.ends.set(taskId, [...(news.ends.get(taskId) ?? []), ...ends]);
  });
  setHandler(backfillChangedSignal, ({ kill }) => {
    news.changed = true;
    news.kill ||= kill;
  });
  let reconcile = true;
  for (;;) {
    const state = await takeStep(driver, news, reconcile);
    if (isOver(state) && news.ends.size === 0 && !news.changed) return;
    if (workflowInfo().historyLength > maxEvents && news.ends.size === 0 && !news.changed) {
      await continueAsNew<typeof backfill>(driver);
    }
    const isJoined = state.status === 'running' && state.running === 0 && state.waiting > 0;
    const waitMs = isJoined ? joinedMs : silenceMs;
    const heard = await condition(() => news.ends.size > 0 || news.changed, waitMs);
    reconcile = !heard;
  }
}

function isOver({ status }: BackfillAdvance): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

async function takeStep(
  driver: BackfillDriver,
  news: News,
  reconcile: boolean,
): Promise<BackfillAdvance> {
  const { tenant, id } = driver;
  const ends = [...news.ends].map(([taskId, cells]) => ({ taskId, cells }));
  const { kill, changed } = news;
  news.ends.clear();
  news.changed = false;
  const number = driver.step;
  driver.step += 1;
  const state = await advanceBackfill({ tenant, id, number, ends, reconcile });
  setCurrentDetails(`**${state.status}**: ${state.running} running, ${state.waiting} waiting`);
  await Promise.all(state.taken.map((share) => request(driver, news, share)));
  if (changed && state.status !== 'running') {
    await Promise.all(state.holders.map((taskId) => stop(driver, taskId, kill)));
  }
  return state;
}

async function request(
  { tenant, id }: BackfillDriver,
  news: News,
  { taskId, cells }: BackfillAdvance['taken'][number],
): Promise<void> {
  const task = getExternalWorkflowHandle(taskWorkflowId(tenant, taskId));
  try {
    await task.signal(instancesRequestedSignal, { cells });
  } catch {
    await dropTaskFromBackfill({ tenant, id, taskId });
    news.changed = true;
  }
}

async function stop({ tenant, id }: BackfillDriver, taskId: string, kill: boolean): Promise<void> {
  const task = getExternalWorkflowHandle(taskWorkflowId(tenant, taskId));
  try {
    await task.signal(instancesStoppedSignal, { backfill: id, kill });
  } catch {
    await dropTaskFromBackfill({ tenant, id, taskId });
  }
}
