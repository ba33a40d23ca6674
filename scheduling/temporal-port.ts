/** The calls to Temporal that activities make, over the service's bounded calls. */
import type { Client } from '@temporalio/client';
import type { TemporalPort } from '../activities/deps';
import {
  maxTriggersPerSignal,
  tablesTriggeredSignal,
  tickSignal,
  upstreamChangedSignal,
} from '../model/messages';
import { taskWorkflowId } from '../model/names';
import type { TemporalGateway } from './gateway';
import { Schedules } from './schedules';

const scheduleMs = 10_000;

/** @returns what `ActivityDeps.temporal` is, over a client of the SDK */
export function makeTemporalPort(
  client: Client,
  gateway: TemporalGateway,
  taskQueue: string,
): TemporalPort {
  const schedules = new Schedules(client, taskQueue);
  const task = (tenant: string, taskId: string) =>
    client.workflow.getHandle(taskWorkflowId(tenant, taskId));
  return {
    askRun: (run) => gateway.askRun(run),
    ensureBackfill: (tenant, id) => gateway.ensureBackfill(tenant, id),
    tick: (tenant, taskId, tick) =>
      gateway.signalled(() => task(tenant, taskId).signal(tickSignal, tick)),
    upstreamChanged: (tenant, taskId) =>
      gateway.signalled(() => task(tenant, taskId).signal(upstreamChangedSignal)),
    markTables: async (tenant, taskId, triggers) => {
      for (let from = 0; from < triggers.length; from += maxTriggersPerSignal) {
        const some = { triggers: triggers.slice(from, from + maxTriggersPerSignal) };
        const send = () => task(tenant, taskId).signal(tablesTriggeredSignal, some);
        if ((await gateway.signalled(send)) === 'gone') return 'gone';
      }
      return 'sent';
    },
    putSchedule: (scheduled) => gateway.within(scheduleMs, () => schedules.put(scheduled)),
    deleteSchedule: (tenant, taskId) =>
      gateway.within(scheduleMs, () => schedules.delete(tenant, taskId)),
    listSchedules: () => schedules.list(),
  };
}
