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
import type { Activities } from '../activities/activities';
import type { BackfillStatus, BackfillStep } from '../model/backfill';
import {
  backfillChangedSignal,
  instancesEndedSignal,
  instancesRequestedSignal,
  instancesStoppedSignal,
} from '../model/messages';
import { taskWorkflowId } from '../model/names';
import { holdBack, noPause, release, type Pause, type ToldEnds } from './full-tasks';
import { rollOverLimits } from './roll-over-limits';

const { advanceBackfill, dropTaskFromBackfill } = proxyActivities<Activities>({
  startToCloseTimeout: '60 s',
  retry: { initialInterval: '200 ms', maximumInterval: '10 s' },
});

/** How long it waits for cells that wait for another backfill. */
const joinedMs = 5_000;
/** How long nothing may be heard of cells under way before the records are looked at. */
const silenceMs = 120_000;

/** What has been heard since the last step. */
interface News {
  ends: ToldEnds[];
  changed: boolean;
  kill: boolean;
}

export interface BackfillDriver {
  tenant: string;
  id: string;
  /** Number of the next step: greater than those that a former driver has taken. */
  step: number;
  /** What the history before had heard and not passed on. */
  news?: News;
  /** The status that the tasks which hold cells act on. */
  status?: BackfillStatus;
  /** When the records were last looked at, in milliseconds. */
  reconciledAt?: number;
  /** Cells that tasks have been asked for and whose ends have not been passed on (`keyOf`). */
  asked?: string[];
  /** What full tasks have handed back and is not to be asked for again yet. */
  pause?: Pause;
}

/** Works until the backfill has come to its end. */
export async function backfill(driver: BackfillDriver): Promise<void> {
  const news = hear(driver, driver.news);
  for (let reconcile = driver.reconciledAt === undefined; ;) {
    const state = await takeStep(driver, news, reconcile);
    if (isOver(state) && !isNews(news)) return;
    if (mayRollOver()) await continueAsNew<typeof backfill>({ ...driver, news });
    const isJoined = state.status === 'running' && state.running === 0 && state.waiting > 0;
    const isSilent = !(await isHeard(driver, news, isJoined ? joinedMs : silenceMs));
    reconcile = isSilent || Date.now() - driver.reconciledAt! >= silenceMs;
  }
}

function hear(
  driver: BackfillDriver,
  before: News = { ends: [], changed: false, kill: false },
): News {
  const news = { ...before };
  setHandler(instancesEndedSignal, ({ taskId, ends: cells }) => {
    const { ends, pause } = holdBack(driver.pause ?? noPause, { taskId, cells }, Date.now());
    news.ends.push(...ends);
    driver.pause = pause;
  });
  setHandler(backfillChangedSignal, ({ kill }) => {
    news.changed = true;
    news.kill ||= kill;
  });
  return news;
}

/** @returns false where for so long nothing was heard, and no pause has come to its end */
async function isHeard(driver: BackfillDriver, news: News, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  const pauseUntil = (): number => driver.pause?.until ?? Infinity;
  for (;;) {
    const until = pauseUntil();
    const waitMs = Math.min(end, until) - Date.now();
    const isChanged = (): boolean => isNews(news) || pauseUntil() !== until;
    if (waitMs > 0 && (await condition(isChanged, waitMs))) {
      if (isNews(news)) return true;
    } else {
      return until <= end;
    }
  }
}

function isNews({ ends, changed }: News): boolean {
  return ends.length > 0 || changed;
}

function isOver({ status }: BackfillStep): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

function mayRollOver(): boolean {
  const { events, bytes } = rollOverLimits.driver;
  const { historyLength, historySize, continueAsNewSuggested } = workflowInfo();
  return continueAsNewSuggested || historyLength > events || historySize > bytes;
}

async function takeStep(
  driver: BackfillDriver,
  news: News,
  reconcile: boolean,
): Promise<BackfillStep> {
  const { tenant, id, step: number } = driver;
  const { changed, kill } = news;
  const held = release(driver.pause ?? noPause, Date.now(), changed);
  const ends = [...news.ends, ...held.ends];
  driver.pause = held.pause;
  Object.assign(news, { ends: [], changed: false, kill: false });
  driver.step += 1;
  if (reconcile) driver.reconciledAt = Date.now();
  const state = await advanceBackfill({ tenant, id, number, ends, reconcile });
  const { status } = state;
  driver.asked = stillAsked(driver, ends, state);
  setCurrentDetails(`**${status}**: ${state.running} running, ${state.waiting} waiting`);
  await Promise.all(state.taken.map((share) => request(driver, news, share)));
  if (status !== 'running' && (changed || status !== driver.status)) {
    await Promise.all(state.holders.map((taskId) => stop(driver, news, taskId, kill)));
  }
  driver.status = status;
  return state;
}

/** What was asked for, without what has ended. */
function stillAsked(
  { asked = [] }: BackfillDriver,
  ends: News['ends'],
  { holders }: BackfillStep,
): string[] {
  const told = new Set(
    ends.flatMap(({ taskId, cells }) => cells.map((cell) => keyOf(taskId, cell))),
  );
  return asked.filter((key) => !told.has(key) && holders.includes(taskOf(key)));
}

/**
 * Asks a task for its share, each cell once: what was asked for is told of when it has ended, and
 * asked for again in that very moment it would run twice. A task that was asked for all of it is
 * only looked up.
 */
function request(
  driver: BackfillDriver,
  news: News,
  { taskId, cells: taken }: BackfillStep['taken'][number],
): Promise<void> {
  const task = getExternalWorkflowHandle(taskWorkflowId(driver.tenant, taskId));
  const cells = taken.filter((cell) => !driver.asked!.includes(keyOf(taskId, cell)));
  driver.asked!.push(...cells.map((cell) => keyOf(taskId, cell)));
  return orDrop(driver, news, taskId, () => task.signal(instancesRequestedSignal, { cells }));
}

function keyOf(taskId: string, { scheduleTime }: { scheduleTime: string }): string {
  return `${taskId} ${scheduleTime}`;
}

function taskOf(key: string): string {
  return key.split(' ')[0]!;
}

function stop(driver: BackfillDriver, news: News, taskId: string, kill: boolean): Promise<void> {
  const task = getExternalWorkflowHandle(taskWorkflowId(driver.tenant, taskId));
  const what = { backfill: driver.id, kill };
  return orDrop(driver, news, taskId, () => task.signal(instancesStoppedSignal, what));
}

/** Tells a task something; one that is gone is dropped from the backfill. */
async function orDrop(
  driver: BackfillDriver,
  news: News,
  taskId: string,
  tell: () => Promise<void>,
): Promise<void> {
  try {
    await tell();
  } catch {
    const { tenant, id } = driver;
    await dropTaskFromBackfill({ tenant, id, taskId });
    driver.asked = driver.asked!.filter((key) => taskOf(key) !== taskId);
    news.changed = true;
  }
}
