/** Tasks with an instance at every hour, and backfills of them. */
import type { BackfillView, PlanView } from '../../../../model/backfill';
import type { TaskRead } from '../../../../scheduling/scheduling';
import type { TestClient } from '../../../support/test-client';
import { cellsOf, planOf, startBackfill, statesByTask, untilOver } from './backfills';
import { instancesOf } from './due-times';
import { createTask } from './flow';

/** Days that are over, so that nothing comes due while a test runs. */
const bounds = { startTime: '2026-01-19 00:00:00', endTime: '2026-01-22 23:00:00' };
export const hourly = { every: 'hour', from: '00:00', interval: 1, ...bounds };
export const daily = { every: 'day', at: '03:00', ...bounds };

/** An hour of the day that the tests backfill, as it is shown. */
export const hour = (number: number): string =>
  new Date(Date.UTC(2026, 0, 20, number)).toISOString();

/** From one hour of that day to another, both included. */
export const hours = (from: number, to: number) => ({ startTime: hour(from), endTime: hour(to) });

type Settings = Record<string, unknown>;

/** @param api asked for at each step: the server is started after the steps are made */
export function hourlySteps(api: () => TestClient) {
  const task = (name: string, settings: Settings = {}): Promise<TaskRead> =>
    createTask(api(), ['up.main.a'], {
      ...{ name, kind: 'recurring', recurrence: hourly, job: { type: 'step' } },
      ...settings,
    });
  const idsOf = (tasks: TaskRead[]) => ({ taskIds: tasks.map(({ id }) => id) });
  return {
    task,
    heldTask: (name: string, settings: Settings = {}) =>
      task(name, { job: { type: 'held' }, ...settings }),
    /** Three tasks in a row. */
    chain: async () => {
      const first = await task('First');
      const middle = await task('Middle', { dependsOn: [first.id] });
      const last = await task('Last', { dependsOn: [middle.id] });
      return { first, middle, last };
    },
    start: (tasks: TaskRead[], body: object): Promise<BackfillView> =>
      startBackfill(api(), { ...idsOf(tasks), ...body }),
    plan: (tasks: TaskRead[], body: object): Promise<PlanView> =>
      planOf(api(), { ...idsOf(tasks), ...body }),
    over: ({ id }: Pick<BackfillView, 'id'>): Promise<BackfillView> => untilOver(api(), id),
    move: ({ id }: BackfillView, action: string, body?: object): Promise<BackfillView> =>
      api().post(`/backfills/${id}:${action}`, body),
    states: async ({ id }: BackfillView) => statesByTask(await cellsOf(api(), id)),
    /** Attempts by hour of the day. */
    attemptsOf: async ({ id }: TaskRead): Promise<Record<string, number>> => {
      const all = await instancesOf(api(), id);
      return Object.fromEntries(
        all.map(({ scheduleTime, attempts }) => [scheduleTime.slice(11, 13), attempts]),
      );
    },
  };
}
