/** The calls to Temporal that activities make, over the service's bounded calls. */
import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import type { TemporalPort } from '../activities/deps';
import { toScheduleSpec } from '../model/calendar';
import {
  maxTriggersPerSignal,
  tablesTriggeredSignal,
  tickSignal,
  upstreamChangedSignal,
  type ScheduleTickInput,
} from '../model/messages';
import { scheduleIdOf, taskWorkflowId, tickWorkflowId, tickWorkflowType } from '../model/names';
import type { TemporalGateway } from './gateway';

const scheduleMs = 10_000;
/** Due times of so long an outage are delivered when it is over; the task decides (rule 13). */
const catchupWindow = '30 days';

type ScheduledTask = ScheduleTickInput & { name: string };

/** @returns what `ActivityDeps.temporal` is, over a client of the SDK */
export function makeTemporalPort(
  client: Client,
  gateway: TemporalGateway,
  taskQueue: string,
): TemporalPort {
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
    putSchedule: (scheduled) =>
      gateway.within(scheduleMs, () => putSchedule(client, scheduled, taskQueue)),
    deleteSchedule: (tenant, taskId) =>
      gateway.within(scheduleMs, () => deleteSchedule(client, scheduleIdOf(tenant, taskId))),
    listSchedules: () => listSchedules(client),
  };
}

function scheduleOf({ name, ...input }: ScheduledTask, taskQueue: string) {
  const { tenant, taskId, recurrence, timezone } = input;
  return {
    spec: toScheduleSpec(recurrence, timezone),
    action: {
      type: 'startWorkflow' as const,
      workflowType: tickWorkflowType,
      workflowId: tickWorkflowId(tenant, taskId),
      taskQueue,
      args: [input],
      staticSummary: `Due time of "${name}"`,
    },
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow },
  };
}

async function putSchedule(
  client: Client,
  scheduled: ScheduledTask,
  taskQueue: string,
): Promise<void> {
  const wanted = scheduleOf(scheduled, taskQueue);
  const scheduleId = scheduleIdOf(scheduled.tenant, scheduled.taskId);
  try {
    // A pause or a note made by hand in Temporal UI stays.
    await client.schedule.getHandle(scheduleId).update((present) => ({ ...present, ...wanted }));
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create({ scheduleId, ...wanted });
  }
}

async function deleteSchedule(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
}

async function* listSchedules(
  client: Client,
): AsyncGenerator<{ tenant: string; taskId: string; paused: boolean }, void> {
  for await (const { scheduleId, state } of client.schedule.list()) {
    const [kind, tenant, taskId] = scheduleId.split('/');
    if (kind === 'task' && tenant !== undefined && taskId !== undefined) {
      yield { tenant, taskId, paused: state.paused };
    }
  }
}
