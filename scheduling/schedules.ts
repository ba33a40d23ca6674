/** The Schedules of recurring tasks, in Temporal. */
import {
  ScheduleClient,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  WorkflowNotFoundError,
  type Client,
  type CompiledScheduleUpdateOptions,
  type ScheduleDescription,
} from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { toScheduleSpec } from '../model/calendar';
import { scheduleIdOf, tickWorkflowId, tickWorkflowType } from '../model/names';
import {
  readScheduleNote,
  writeScheduleNote,
  type FoundSchedule,
  type ScheduledTask,
  type ScheduleNote,
} from '../model/schedule-note';

/** Due times of so long an outage are delivered when it is over; the task decides (rule 13). */
const catchupWindow = '30 days';

/** What is read of a Schedule before another takes its place. */
interface Present {
  /** What people change of it in Temporal UI. */
  byHand: Pick<ScheduleDescription['state'], 'paused' | 'note'>;
  note: ScheduleNote | null;
}

/** Calls that throw what the SDK throws. */
export class Schedules {
  private readonly schedules: WholeScheduleClient;

  constructor(
    private readonly client: Client,
    private readonly taskQueue: string,
  ) {
    const { connection } = client;
    this.schedules = new WholeScheduleClient({ ...client.schedule.options, connection });
  }

  /**
   * Makes a task's Schedule, or brings it up to date: a pause or a note made by hand stays. One that
   * a later version of the task has put stays as it is: a put that was held up undoes no edit.
   */
  async put(task: ScheduledTask): Promise<void> {
    const wanted = this.scheduleOf(task);
    const scheduleId = scheduleIdOf(task.tenant, task.taskId);
    try {
      const { byHand: state, note } = await this.present(scheduleId);
      if (note !== null && note.version > task.version) return;
      await this.schedules.replace(scheduleId, { ...wanted, state });
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      await this.schedules.create({ scheduleId, ...wanted });
    }
  }

  /** One that is not there is as good as deleted. */
  async delete(tenant: string, taskId: string): Promise<void> {
    try {
      await this.schedules.getHandle(scheduleIdOf(tenant, taskId)).delete();
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }

  async *list(): AsyncGenerator<FoundSchedule, void> {
    for await (const { scheduleId, state, spec } of this.schedules.list()) {
      const [kind, tenant, taskId] = scheduleId.split('/');
      if (kind === 'task' && tenant !== undefined && taskId !== undefined) {
        const note = readScheduleNote(spec?.calendars?.[0]?.comment);
        yield { tenant, taskId, paused: state.paused, note };
      }
    }
  }

  private scheduleOf({ name, version, ...input }: ScheduledTask) {
    const { tenant, taskId, recurrence, timezone } = input;
    const { calendars, ...spec } = toScheduleSpec(recurrence, timezone);
    const [first, ...others] = calendars;
    // The one text that can be changed, is in the server's list, and is not for people to write.
    const noted = { ...first!, comment: writeScheduleNote({ version, recurrence, timezone }) };
    return {
      spec: { ...spec, calendars: [noted, ...others] },
      action: {
        type: 'startWorkflow' as const,
        workflowType: tickWorkflowType,
        workflowId: tickWorkflowId(tenant, taskId),
        taskQueue: this.taskQueue,
        args: [input],
        staticSummary: `Due time of "${name}"`,
      },
      policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL, catchupWindow },
    };
  }

  /**
   * Describing a Schedule asks its workflow, which takes a worker of the server's own; with many
   * at once some such questions wait for the server's time limit of five seconds. So what the
   * server notes of each for its list is read where it can be, and is up to date: nothing is
   * waiting to be seen by the workflow.
   * @throws ScheduleNotFoundError
   */
  private async present(scheduleId: string): Promise<Present> {
    const noted = await this.notedByServer(scheduleId);
    if (noted !== null) return noted;
    const { state, spec } = await this.schedules.getHandle(scheduleId).describe();
    return { byHand: state, note: readScheduleNote(spec.calendars?.[0]?.comment) };
  }

  /** @returns null where the server keeps no such note, or it is out of date */
  private async notedByServer(scheduleId: string): Promise<Present | null> {
    const handle = this.client.workflow.getHandle(`temporal-sys-scheduler:${scheduleId}`);
    try {
      const { memo, raw } = await handle.describe();
      const info = memo?.ScheduleInfo;
      if (raw.pendingWorkflowTask || !(info instanceof Uint8Array)) return null;
      const { paused, notes, spec } = temporal.api.schedule.v1.ScheduleListInfo.decode(info);
      const note = readScheduleNote(spec?.structuredCalendar?.[0]?.comment);
      return { byHand: { paused, note: notes }, note };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }
}

/** Puts a whole Schedule in the place of the present one, which the SDK's own handle reads first. */
class WholeScheduleClient extends ScheduleClient {
  async replace(scheduleId: string, schedule: CompiledScheduleUpdateOptions): Promise<void> {
    await this._updateSchedule(scheduleId, schedule, {});
  }
}
