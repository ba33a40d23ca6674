/** Due times of a recurrence on a real Temporal: what they wait for, and the runs they lead to. */
import type { Judgement } from '../../model/task-steps';
import { upstreamChangedSignal } from '../../model/messages';
import type { Recurrence } from '../../model/recurrence';
import type { RunProjection } from '../../model/run';
import type { TaskDefinition } from '../../model/task';
import { House, tenant, type OpenedTask } from '../support/workflows/house';
import { HeldJob, nothingDone } from '../support/workflows/world';

let house: House;
beforeAll(async () => {
  house = await House.open();
});
afterAll(() => house.close());

const hourly: Recurrence = {
  ...{ every: 'hour', from: '00:00', interval: 1, startTime: null, endTime: null },
  ...{ mode: 'normal', catchUp: 'latest' },
};
const [first, second] = ['2026-03-01T01:00:00.000Z', '2026-03-01T02:00:00.000Z'];

function openHourly(given: Partial<TaskDefinition> = {}): Promise<OpenedTask> {
  return house.openTask({ kind: 'recurring', recurrence: hourly, ...given });
}

/** The task's record for this time that `look` is content with. */
function recordOf(
  { taskId }: OpenedTask,
  scheduleTime: string,
  look: (record: RunProjection) => boolean,
): Promise<RunProjection> {
  return house.world.until(() =>
    [...house.world.runs.values()].find(
      (record) => record.taskId === taskId && record.scheduleTime === scheduleTime && look(record),
    ),
  );
}

const hasEnded = (record: RunProjection): boolean => record.finishedAt !== null;

/** Lets the test say how upstream tasks stand, and see what was asked. */
function upstream(...answers: Partial<Judgement>[]) {
  const asked: Parameters<House['world']['needs']>[0][] = [];
  house.world.needs = async (ask) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(ask);
    house.world.changed();
    return ask.scheduleTimes.map((scheduleTime) => ({
      ...{ scheduleTime, upstream: 'met', reason: null, known: null },
      ...answer,
    }));
  };
  return asked;
}

/** As `upstream`, but the first question is answered when the test says so. */
function heldUpstream(...later: Partial<Judgement>[]) {
  const asked = upstream({}, ...later);
  const { needs } = house.world;
  let answer: (answer: Partial<Judgement>) => void = () => undefined;
  const first = new Promise<Partial<Judgement>>((resolve) => {
    answer = resolve;
  });
  house.world.needs = async (ask) => {
    const judgements = await needs(ask);
    if (asked.length > 1) return judgements;
    const held = await first;
    return judgements.map((judgement) => ({ ...judgement, ...held }));
  };
  return { asked, answer };
}

/** How the gate of this time stands in the store. */
function gateOf({ taskId }: OpenedTask, scheduleTime: string) {
  const gates = house.world.tasks.get(taskId)?.gate?.dated ?? [];
  return gates.find((gate) => gate.scheduleTime === scheduleTime)?.upstream ?? null;
}

const askAgainSeconds = 15 * 60;

/** For how many seconds each timer was set, to the next whole one. */
async function timersOf(task: OpenedTask): Promise<number[]> {
  const { events } = await task.handle.fetchHistory();
  return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) => {
    const { seconds = 0, nanos = 0 } = timer?.startToFireTimeout ?? {};
    return timer ? [Number(seconds) + Math.ceil((nanos ?? 0) / 1e9)] : [];
  });
}

beforeEach(() => {
  house.world.job = async () => nothingDone;
  upstream({});
});

it('asks what a due time waits for, and then runs it by schedule with its time', async () => {
  const asked = upstream({ upstream: 'met' });
  const task = await openHourly({ dependsOn: ['0a'.repeat(16)] });
  await task.tick(first);
  const record = await recordOf(task, first, hasEnded);
  expect(record).toMatchObject({
    ...{ status: 'succeeded', startedBy: 'schedule', attempt: 1, tries: 1 },
  });
  const { task: shown } = await house.gateway.describe(tenant, task.taskId);
  expect(asked).toEqual([
    {
      ...{ tenant, taskId: task.taskId, number: '7', createdAt: shown.createdAt },
      definition: expect.objectContaining({ dependsOn: ['0a'.repeat(16)] }),
      scheduleTimes: [first],
    },
  ]);
});

it('takes a due time that is delivered twice once', async () => {
  const asked = upstream({});
  const task = await openHourly();
  await task.tick(first);
  await task.tick(first);
  await recordOf(task, first, hasEnded);
  await task.tick(first);
  await task.tick(second);
  await recordOf(task, second, hasEnded);
  expect(asked.flatMap(({ scheduleTimes }) => scheduleTimes)).toEqual([first, second]);
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toHaveLength(2);
});

it('waits for upstream tasks, and asks again when one of them has changed', async () => {
  const waiting = { upstream: 'waiting', reason: 'It waits for Load at 01:00.' } as const;
  const asked = upstream(waiting, waiting, { upstream: 'met' });
  const task = await openHourly();
  await task.tick(first);
  await house.world.until(() => gateOf(task, first)?.reason === waiting.reason);
  expect(gateOf(task, first)).toEqual({ status: 'waiting', reason: waiting.reason });
  await task.handle.signal(upstreamChangedSignal);
  await house.world.until(() => asked.length === 2 && gateOf(task, first)?.status === 'waiting');
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toEqual([]);
  await task.handle.signal(upstreamChangedSignal);
  expect(await recordOf(task, first, hasEnded)).toMatchObject({ status: 'succeeded', attempt: 1 });
});

it('would ask again by itself, but sets no timer for that where nothing waits', async () => {
  upstream({ upstream: 'met' }, { upstream: 'waiting', reason: 'It waits for Load.' });
  const task = await openHourly();
  await task.tick(first);
  await recordOf(task, first, hasEnded);
  await house.settled(task);
  expect(await timersOf(task)).not.toContain(askAgainSeconds);
  await task.tick(second);
  await house.world.until(() => gateOf(task, second)?.reason === 'It waits for Load.');
  await house.settled(task);
  expect(await timersOf(task)).toContain(askAgainSeconds);
});

it('asks once more where an upstream task changes while it is asking', async () => {
  const { asked, answer } = heldUpstream({ upstream: 'met' });
  const task = await openHourly();
  await task.tick(first);
  await house.world.until(() => asked.length === 1);
  await task.handle.signal(upstreamChangedSignal);
  await task.tick(second);
  await house.world.until(() => gateOf(task, second) !== null);
  answer({ upstream: 'waiting' });
  expect((await recordOf(task, first, hasEnded)).status).toBe('succeeded');
});

it('starts nothing by an answer to what was asked before an edit', async () => {
  const reason = 'It waits for Load at 01:00.';
  const { asked, answer } = heldUpstream({ upstream: 'waiting', reason });
  const task = await openHourly();
  await task.tick(first);
  await house.world.until(() => asked.length === 1);
  await task.edit({ dependsOn: ['0a'.repeat(16)] });
  answer({ upstream: 'met' });
  await house.world.until(() => gateOf(task, first)?.reason === reason);
  expect(asked.map(({ definition }) => definition.dependsOn)).toEqual([[], ['0a'.repeat(16)]]);
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toEqual([]);
});

it('shows a blocked time as a record, which a later success turns into its run', async () => {
  const reason = 'Load at 2026-03-01 01:00 has failed.';
  upstream({ upstream: 'blocked', reason }, { upstream: 'met' });
  const task = await openHourly();
  await task.tick(first);
  const blocked = await recordOf(task, first, ({ status }) => status === 'blocked');
  expect(blocked).toMatchObject({ attempt: 0, finishedAt: null, failureReason: reason });
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toEqual([]);
  await task.handle.signal(upstreamChangedSignal);
  const ended = await recordOf(task, first, hasEnded);
  expect(ended).toMatchObject({ id: blocked.id, status: 'succeeded', attempt: 1 });
  expect(ended.failureReason).toBeNull();
});

it('lets a time be whose instance the records know already', async () => {
  house.world.needs = async ({ scheduleTimes }) =>
    scheduleTimes.map((scheduleTime) => ({
      ...{ scheduleTime, upstream: 'met', reason: null },
      known: scheduleTime === first ? { attempts: 1, status: 'succeeded' } : null,
    }));
  const task = await openHourly();
  await task.tick(first);
  await task.tick(second);
  await recordOf(task, second, hasEnded);
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toHaveLength(1);
  expect(gateOf(task, first)).toBeNull();
});

it('records a due time that comes while a run is in progress as skipped', async () => {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await openHourly();
  await task.tick(first);
  await house.world.until(() => house.world.tries.find((job) => job.taskId === task.taskId));
  await task.tick(second);
  expect(await recordOf(task, second, hasEnded)).toMatchObject({
    ...{ status: 'skipped', attempt: 0, failureReason: 'a run was in progress' },
  });
  held.end();
  await recordOf(task, first, hasEnded);
});

it('lets due times wait, oldest first, where its catch-up is `all`', async () => {
  const held = new HeldJob();
  house.world.job = held.job;
  const task = await openHourly({ recurrence: { ...hourly, catchUp: 'all' } });
  await task.tick(first);
  await house.world.until(() => house.world.tries.find((job) => job.taskId === task.taskId));
  const third = '2026-03-01T03:00:00.000Z';
  await task.tick(third);
  await task.tick(second);
  await house.world.until(
    () => gateOf(task, second)?.status === 'met' && gateOf(task, third)?.status === 'met',
  );
  house.world.job = async () => nothingDone;
  held.end();
  await recordOf(task, third, hasEnded);
  const tries = house.world.tries.filter(({ taskId }) => taskId === task.taskId);
  expect(tries.map(({ record }) => record?.scheduleTime)).toEqual([first, second, third]);
});

it('DW-21: records success without a run of its own where the mode is skip', async () => {
  const task = await openHourly({ recurrence: { ...hourly, mode: 'skip' } });
  await task.tick(first);
  const record = await recordOf(task, first, hasEnded);
  expect(record).toMatchObject({ status: 'succeeded', startedBy: 'schedule', tries: 0 });
  expect(house.world.tries.filter(({ taskId }) => taskId === task.taskId)).toEqual([]);
  await expect(task.run(record.id).describe()).rejects.toThrow('not found');
});
