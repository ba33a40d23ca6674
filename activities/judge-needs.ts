/** Whether the tasks upstream have done their part for due times (rule 9). */
import { isoInZone } from '../model/calendar';
import { isUpstream, lineageTask, type LineageTask } from '../model/lineage';
import { lineageOf } from '../model/lineage-of';
import { intervalStart, needsOf } from '../model/needs';
import type { RunStatus } from '../model/run';
import type { Judgement } from '../model/task-steps';
import { taskTimes, type TaskTimes } from '../model/task-times';
import { knownByTime, type KnownByTime } from '../store/known-by-time';
import type { Store } from '../store/store';
import type { Activities } from './activities';
import type { ActivityDeps } from './deps';

type Ask = Parameters<Activities['judgeNeeds']>[0];

/** A task upstream with all that is known of the instances that may be needed. */
interface Upstream {
  times: TaskTimes;
  known: KnownByTime;
}

export function makeJudgeNeeds({
  store,
  jobTypes,
}: Pick<ActivityDeps, 'store' | 'jobTypes'>): Activities['judgeNeeds'] {
  return async function judgeNeeds(ask) {
    const { tenant, taskId, createdAt, number, definition } = ask;
    const lineage = lineageOf(jobTypes, { number, ...definition });
    const down = taskTimes(lineageTask({ id: taskId, createdAt, ...definition }, lineage));
    const at = ask.scheduleTimes.map((time) => Date.parse(time));
    const [known, upstream] = await Promise.all([
      knownByTime(store, tenant, taskId, at),
      loadUpstream(store, ask, down, at),
    ]);
    return ask.scheduleTimes.map((scheduleTime, index): Judgement => {
      const instance = known.get(at[index]!);
      return {
        scheduleTime,
        ...judge(down, at[index]!, upstream),
        known: instance ? { attempts: instance.attempts, status: instance.status } : null,
      };
    });
  };
}

/** Only due times wait for other tasks: gates of a triggered task are filled by marks. */
async function loadUpstream(
  store: Store,
  { tenant, definition }: Ask,
  down: TaskTimes,
  at: number[],
): Promise<Upstream[]> {
  if (definition.kind !== 'recurring' || at.length === 0) return [];
  const { dependsOn, reads, lists } = down.task;
  const candidates = await store.tasks.upstreamOf(tenant, {
    dependsOn,
    reads: [...new Set([...reads, ...lists])],
  });
  const upstream = candidates.filter((up) => isUpstream(up, down.task));
  return Promise.all(
    upstream.map((up) =>
      up.recurrence === null
        ? loadByInstances(store, tenant, up, { down, at })
        : loadByCalendar(store, tenant, up, { down, at }),
    ),
  );
}

interface Asked {
  down: TaskTimes;
  at: number[];
}

async function loadByCalendar(
  store: Store,
  tenant: string,
  up: LineageTask,
  { down, at }: Asked,
): Promise<Upstream> {
  const times = taskTimes(up);
  const needed = new Set(at.flatMap((time) => needsOf(down, time, times)));
  return { times, known: await knownByTime(store, tenant, up.id, [...needed]) };
}

/** Without a recurrence its times are those of its instances and of the gates that are open. */
async function loadByInstances(
  store: Store,
  tenant: string,
  up: LineageTask,
  { down, at }: Asked,
): Promise<Upstream> {
  const from = Math.min(...at.map((time) => intervalStart(down, time) + 1));
  const [within, before, view] = await Promise.all([
    knownByTime(store, tenant, up.id, { from, to: Math.max(...at) }),
    store.runs.latestInstance(tenant, up.id, new Date(from - 1).toISOString()),
    store.tasks.find(tenant, up.id),
  ]);
  const known = new Map(within);
  if (before) known.set(Date.parse(before.scheduleTime), before);
  const gates = (view?.gate?.dated ?? []).map((gate) => Date.parse(gate.scheduleTime));
  return { times: taskTimes(up, [...known.keys(), ...gates]), known };
}

function judge(
  down: TaskTimes,
  at: number,
  upstream: Upstream[],
): Pick<Judgement, 'upstream' | 'reason'> {
  const missing: string[] = [];
  for (const { times, known } of upstream) {
    for (const needed of needsOf(down, at, times)) {
      const status = known.get(needed)?.status ?? 'waiting';
      if (status === 'succeeded') continue;
      const name = `the task "${times.task.name}" at ${isoInZone(needed, down.task.timezone)}`;
      const obstacle = obstacles[status];
      if (obstacle) return { upstream: 'blocked', reason: `${name} ${obstacle}` };
      missing.push(name);
    }
  }
  if (missing.length === 0) return { upstream: 'met', reason: null };
  const more = missing.length > 1 ? ` and ${missing.length - 1} more` : '';
  return { upstream: 'waiting', reason: `${missing[0]}${more}` };
}

/** What stands in the way for good, until somebody does something about it. */
const obstacles: Record<RunStatus | 'waiting', string | null> = {
  waiting: null,
  queued: null,
  running: null,
  succeeded: null,
  failed: 'has failed',
  timedOut: 'has timed out',
  cancelled: 'was cancelled',
  skipped: 'was skipped',
  missed: 'was missed',
  blocked: 'is blocked',
};
