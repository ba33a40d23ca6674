/** Activities over a real store, with a Temporal that only notes what it is asked. */
import pino from 'pino';
import { z } from 'zod';
import { createActivities } from '../../../activities';
import type { Activities } from '../../../activities/activities';
import type { ActivityDeps, TemporalPort } from '../../../activities/deps';
import { defineJobType } from '../../../model/job-type';
import type { Tick } from '../../../model/messages';
import type { FoundSchedule, ScheduledTask } from '../../../model/schedule-note';
import type { RunProjection, RunStatus } from '../../../model/run';
import type { TaskProjection } from '../../../model/task';
import type { Trigger } from '../../../model/trigger';
import type { Store } from '../../../store';
import { Secrets } from '../../../store/secrets';
import { openTestStore } from '../../store/support/opened';
import { sampleRun, sampleTask } from '../../store/support/samples';

/** Declares what its config says, and does nothing. */
const copies = defineJobType({
  type: 'copies',
  title: 'Copies',
  configSchema: z.object({ reads: z.array(z.string()), writes: z.array(z.string()) }),
  needsIdMapping: false,
  lineage: ({ config }) => config,
  run: async () => ({ tables: [], summary: {} }),
});

export class NotingPort implements TemporalPort {
  readonly nudged: string[] = [];
  readonly marked: { taskId: string; triggers: Trigger[] }[] = [];
  readonly ticked: { taskId: string; tick: Tick }[] = [];
  readonly put: ScheduledTask[] = [];
  readonly deleted: string[] = [];
  readonly driven: string[] = [];
  schedules: FoundSchedule[] = [];
  /** Ids for which every call fails. */
  readonly broken = new Set<string>();

  async askRun(): Promise<'lost'> {
    return 'lost';
  }

  async tick(_tenant: string, taskId: string, tick: Tick): Promise<'sent'> {
    return this.note(taskId, () => this.ticked.push({ taskId, tick }));
  }

  async upstreamChanged(_tenant: string, taskId: string): Promise<'sent'> {
    return this.note(taskId, () => this.nudged.push(taskId));
  }

  async markTables(_tenant: string, taskId: string, triggers: Trigger[]): Promise<'sent'> {
    return this.note(taskId, () => this.marked.push({ taskId, triggers }));
  }

  async putSchedule(task: ScheduledTask): Promise<void> {
    this.note(task.taskId, () => this.put.push(task));
  }

  async deleteSchedule(_tenant: string, taskId: string): Promise<void> {
    this.note(taskId, () => this.deleted.push(taskId));
  }

  async *listSchedules(): AsyncGenerator<FoundSchedule> {
    yield* this.schedules;
  }

  async ensureBackfill(_tenant: string, id: string): Promise<void> {
    this.note(id, () => this.driven.push(id));
  }

  private note(id: string, keep: () => unknown): 'sent' {
    if (this.broken.has(id)) throw new Error('Temporal does not answer');
    keep();
    return 'sent';
  }
}

export interface Surroundings {
  store: Store;
  /** Renewed by `forget`. */
  port: NotingPort;
  activities: Activities;
  /** Starts with a port that has noted nothing. */
  forget(): void;
  /** Writes a task into the store; one with a recurrence is recurring. */
  task(change?: TaskChange): Promise<TaskProjection>;
  close(): Promise<void>;
}

export type TaskChange = Partial<TaskProjection> & { reads?: string[]; writes?: string[] };

export async function makeSurroundings(): Promise<Surroundings> {
  const { store, close } = await openTestStore();
  let port = new NotingPort();
  const deps: Omit<ActivityDeps, 'temporal'> = {
    store,
    secrets: new Secrets('a secret of the tests'),
    jobTypes: new Map([[copies.type, copies]]) as unknown as ActivityDeps['jobTypes'],
    searchAttributes: () => false,
    filesRoots: () => [],
    scratchRoot: '',
    webhookHosts: [],
    retention: { ledger: null, records: null, logs: null, audit: null },
    log: pino({ level: 'silent' }),
  };
  const surroundings: Surroundings = {
    store,
    port,
    activities: createActivities({ ...deps, temporal: port }),
    forget() {
      port = new NotingPort();
      Object.assign(surroundings, {
        port,
        activities: createActivities({ ...deps, temporal: port }),
      });
    },
    async task(change = {}) {
      const task = taskOf(change);
      await surroundings.activities.projectTask({ task, ledger: [], runs: [] });
      return task;
    },
    close,
  };
  return surroundings;
}

/** A task whose job reads and writes these tables; it has been there since 2020. */
export function taskOf({ reads = [], writes = [], ...change }: TaskChange): TaskProjection {
  return sampleTask({
    kind: change.recurrence ? 'recurring' : 'manual',
    tables: [],
    job: { type: 'copies', config: { reads, writes } },
    createdAt: '2020-01-01T00:00:00.000Z',
    updatedAt: '2020-01-01T00:00:00.000Z',
    ...change,
  });
}

/** The record of an instance; `time` without offset, in UTC. */
export function recordOf(
  task: TaskProjection,
  time: string | null,
  status: RunStatus = 'succeeded',
  change: Partial<RunProjection> = {},
): RunProjection {
  return sampleRun({
    taskId: task.id,
    scheduleTime: time === null ? null : new Date(`${time}Z`).toISOString(),
    status,
    startedBy: 'schedule',
    ...change,
  });
}
