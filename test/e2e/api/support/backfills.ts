/** Steps of the tests about backfills. */
import {
  liveBackfillStatuses,
  type BackfillView,
  type CellView,
  type PlanView,
} from '../../../../model/backfill';
import { historyOf, type HistoryEvent } from '../../../support/temporal';
import type { TestClient } from '../../../support/test-client';
import { until } from './flow';

/** Starts a backfill. */
export const startBackfill = (api: TestClient, body: object): Promise<BackfillView> =>
  api.post('/backfills', body);

/** The plan of a backfill that is not made. */
export const planOf = (api: TestClient, body: object): Promise<PlanView> =>
  api.post('/backfills', { ...body, dryRun: true });

export const readBackfill = (api: TestClient, id: string): Promise<BackfillView> =>
  api.get(`/backfills/${id}`);

/** All cells of a backfill, oldest schedule time first. */
export async function cellsOf(api: TestClient, id: string): Promise<CellView[]> {
  const cells: CellView[] = [];
  for (let token: string | null = ''; token !== null;) {
    const path = `/backfills/${id}/cells?pageSize=1000&pageToken=${encodeURIComponent(token)}`;
    const page: { items: CellView[]; nextPageToken: string | null } = await api.get(path);
    cells.push(...page.items);
    token = page.nextPageToken;
  }
  return cells.toReversed();
}

/** Waits until the backfill has come to its end. */
export const untilOver = (api: TestClient, id: string): Promise<BackfillView> =>
  until(
    () => readBackfill(api, id),
    ({ status }) => !liveBackfillStatuses.some((live) => live === status),
  );

/** States of the cells by task, oldest first. */
export function statesByTask(cells: readonly CellView[]): Record<string, string[]> {
  const states: Record<string, string[]> = {};
  for (const { taskId, state } of cells) (states[taskId] ??= []).push(state);
  return states;
}

/** Waits until the task has been asked for instances so many times. */
export const untilAsked = (taskId: string, times: number) =>
  until(
    async () => (await historyOf('default', taskId)) ?? [],
    (history) => history.filter(({ event }) => isRequest(event)).length >= times,
  );

const isRequest = (event: HistoryEvent['event']): boolean =>
  event.workflowExecutionSignaledEventAttributes?.signalName === 'instancesRequested';
