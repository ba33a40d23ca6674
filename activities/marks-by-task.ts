/** The marks that successes of a task leave in a task that awaits them (rule 10). */
import type { LineageTask } from '../model/lineage';
import { inverseOf, needsOf, standsUntil } from '../model/needs';
import type { RunProjection } from '../model/run';
import { taskTimes } from '../model/task-times';
import type { Trigger } from '../model/trigger';
import { keyDigest, receiptOf } from '../store/digests';
import { knownByTime } from '../store/known-by-time';
import type { Store } from '../store/store';

/** As long as the caller of a trigger may be. */
const longestCaller = 64;

/**
 * Each run marks the tables that `up` writes and `down` lists as marked by a task. A run with a
 * schedule time marks, where `down` has a recurrence, the gates of the times that need it, once all
 * else that these need of `up` has succeeded too: a day is marked by the last of its hours. Any
 * other run marks the open round.
 * @returns the marks; a repeat makes the same, which count as duplicates then
 */
export async function marksFor(
  store: Pick<Store, 'runs'>,
  tenant: string,
  { up, down, marking }: { up: LineageTask; down: LineageTask; marking: RunProjection[] },
): Promise<Trigger[]> {
  const tables = down.byTask.filter((table) => up.writes.includes(table));
  if (tables.length === 0) return [];
  const triggers: Trigger[] = [];
  for (const run of marking) {
    for (const scheduleTime of await timesMarked(store, tenant, { up, down, run })) {
      for (const table of tables) triggers.push(triggerOf({ up, down, run, table, scheduleTime }));
    }
  }
  return triggers;
}

async function timesMarked(
  store: Pick<Store, 'runs'>,
  tenant: string,
  { up, down, run }: { up: LineageTask; down: LineageTask; run: RunProjection },
): Promise<(string | null)[]> {
  if (run.scheduleTime === null || down.recurrence === null) return [null];
  const at = Date.parse(run.scheduleTime);
  const upTimes = taskTimes(up, [at]);
  const downTimes = taskTimes(down);
  const needs = new Map(
    inverseOf(upTimes, at, downTimes, standsUntil(upTimes, at)).map((time) => [
      time,
      needsOf(downTimes, time, upTimes).filter((needed) => needed !== at),
    ]),
  );
  const others = new Set([...needs.values()].flat());
  const known = await knownByTime(store, tenant, up.id, [...others]);
  return [...needs]
    .filter(([, needed]) => needed.every((time) => known.get(time)?.status === 'succeeded'))
    .map(([time]) => new Date(time).toISOString());
}

function triggerOf(mark: {
  up: LineageTask;
  down: LineageTask;
  run: RunProjection;
  table: string;
  scheduleTime: string | null;
}): Trigger {
  const { up, down, run, table, scheduleTime } = mark;
  const parts = [run.id, down.id, table, scheduleTime];
  return {
    ...{ receipt: receiptOf(parts), key: keyDigest(parts), table, scheduleTime },
    at: run.finishedAt ?? new Date().toISOString(),
    caller: `task ${up.name}`.slice(0, longestCaller),
  };
}
