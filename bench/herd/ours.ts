/** Recurring tasks, all due in the same second. */
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTask } from '../ours/tasks';
import { eachAtOnce } from '../support/each-at-once';
import type { Stage } from '../support/stage';
import { startsOf, type HerdSide, type Start } from './starts';
import type { DueTimes } from './slots';

/** Calls at the same time that make tasks. */
const callsAtOnce = 8;
/** Listed by all tasks of the herd, so that their instances can be read in one list. */
const table = 'bench.main.herd';
const pollMs = 200;

/** Makes so many tasks. @returns their ids */
function makeTasks({ api }: Stage, count: number, recurrence: object): Promise<string[]> {
  return eachAtOnce(count, callsAtOnce, async () => {
    const job = { type: 'bench-tell' };
    const { id } = await makeTask(api, { kind: 'recurring', recurrence, tables: [table], job });
    return id;
  });
}

/** Due once, years from now. */
const farAway = { every: 'day', at: '00:00', startTime: '2027-01-01T00:00:00Z' };
const warmUpTasks = 24;

/** Makes and runs some tasks, so that code is compiled. @returns how long making one takes, in ms */
export async function warmUp(stage: Stage): Promise<number> {
  const from = Date.now();
  const ids = await makeTasks(stage, warmUpTasks, farAway);
  const tookMs = (Date.now() - from) / warmUpTasks;
  await Promise.all(ids.map((id) => stage.api.post(`/tasks/${id}/runs`, undefined)));
  await Promise.all(ids.map((id) => stage.sides.ours.nextStart(id)));
  return tookMs;
}

/** A herd of tasks, due at these times. */
export async function makeOurHerd(stage: Stage, size: number, due: DueTimes): Promise<HerdSide> {
  await makeTasks(stage, size, recurrenceOf(due));
  return {
    gather: (at, until) => gather(stage, { size, due: at, until }),
    look: (at) => statusesAt(stage, at),
  };
}

/** In words of Quartz. */
function recurrenceOf({ minutes, startAt, endAt }: DueTimes): Record<string, unknown> {
  return {
    cron: `0 ${minutes.join(',')} * * * ?`,
    startTime: startAt.toISOString(),
    endTime: endAt.toISOString(),
  };
}

async function gather(
  { sides, client }: Stage,
  { size, due, until }: { size: number; due: number; until: number },
) {
  const starts: Start[] = [];
  while (starts.length < size && Date.now() < until) {
    await sleep(pollMs);
    starts.push(...sides.ours.takeStarts().map(({ of, at }) => ({ of, at })));
  }
  // What their Schedules have started: what lies before that is Temporal's.
  const ticks = await startsOf(client, 'scheduleTick', due, until);
  return { starts, steps: { ticks: ticks.map(({ at }) => at - due) } };
}

interface InstancePage {
  items: { status: string }[];
  nextPageToken: string | null;
}

/** How many instances at an instant stand how. */
async function statusesAt({ api }: Stage, due: number): Promise<Record<string, number>> {
  const at = encodeURIComponent(new Date(due).toISOString());
  const counts: Record<string, number> = {};
  for (let token: string | null = ''; token !== null;) {
    const query = `from=${at}&to=${at}&pageSize=1000&pageToken=${encodeURIComponent(token)}`;
    const page: InstancePage = await api.get(`/tables/${table}/instances?${query}`);
    for (const { status } of page.items) counts[status] = (counts[status] ?? 0) + 1;
    token = page.nextPageToken;
  }
  return counts;
}
