/** Aloudata's two calls as a test makes them, against the API over a fake `Scheduling`. */
import type { Response } from 'supertest';
import { credentialOf } from './fake-scheduling';
import type { TestApi } from './test-api';

export const byTime = '/anymetrics/api/v1/scheduler/task/triggerTableTaskInstanceByScheduleTime';
export const byRange = `${byTime}Range`;
export const bothCalls = [byTime, byRange] as const;

export const pointsBody = {
  tableName: 'kehuzhisheng.chaos_prod.chaos_onsite_bug',
  tenantId: 'default',
  scheduleTimes: ['2026-01-20 00:00:00', '2026-01-20 01:00:00'],
};

export const rangeBody = {
  tableName: 'default_catalog.sales.FACT_SALES',
  tenantId: 'default',
  startTime: '2026-01-20 01:00:00',
  endTime: '2026-01-20 05:00:00',
};

export const goodBody = (path: string): Record<string, unknown> =>
  path === byTime ? pointsBody : rangeBody;

/** Headers that let an operator in. */
export const goodHeaders: Record<string, string> = {
  'tenant-id': 'default',
  'auth-type': 'UID',
  'auth-value': credentialOf('operator', 'UID'),
};

interface Sent {
  /** Sent as JSON where it is no text. */
  body?: unknown;
  /** In place of those that let an operator in. */
  headers?: Record<string, string>;
}

/** Sends a call; good in all that is not said. */
export function call(api: TestApi, path: string, sent: Sent = {}): Promise<Response> {
  const { body = goodBody(path), headers = goodHeaders } = sent;
  const request = api.send(null, 'post', path).set('Content-Type', 'application/json');
  for (const [name, value] of Object.entries(headers)) void request.set(name, value);
  return request.send(typeof body === 'string' ? body : JSON.stringify(body));
}

/** Calls that reached the service: table, times and options. */
export const taken = (api: TestApi): unknown[][] =>
  api.callsOf('backfills.triggerTable').map(([, ...args]) => args);

export interface SixKeys {
  data: true | null;
  success: boolean;
  code: string;
  errorMsg: string | null;
  detailErrorMsg: string | null;
  traceId: string;
}

export const traceIdPattern = /^[0-9a-f]{32}\.\d+\.\d+$/;

/**
 * Holds an answer to be a refusal in the six keys, compact and in their order.
 * @returns its message
 */
export function refusalIn(answer: { status: number; text: string }, status: number): string {
  const body = JSON.parse(answer.text) as SixKeys;
  const { errorMsg, detailErrorMsg, traceId } = body;
  expect([answer.status, answer.text]).toEqual([
    status,
    JSON.stringify({
      ...{ data: null, success: false, code: String(status) },
      ...{ errorMsg, detailErrorMsg, traceId },
    }),
  ]);
  expect(errorMsg).toMatch(/\S/);
  expect(traceId).toMatch(traceIdPattern);
  return errorMsg ?? '';
}
