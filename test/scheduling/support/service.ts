/** The service over a real store, with tasks that are kept in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { z } from 'zod';
import { readSettings } from '../../../config';
import { defineJobType, type JobType } from '../../../model/job-type';
import type { Caller } from '../../../model/people';
import type { RunProjection } from '../../../model/run';
import { taskInputSchema, taskPatchSchema } from '../../../model/task';
import { createScheduling } from '../../../scheduling';
import { ensureAnalysisSource } from '../../../scheduling/first-steps';
import type { Scheduling, TaskRead } from '../../../scheduling/scheduling';
import { digest, Secrets } from '../../../store/secrets';
import type { Store } from '../../../store/store';
import { migrate, openStore } from '../../../store';
import { patience } from '../../support/patience';
import { idleSyncScript } from '../../support/sync-script-job';
import { makeDatabase } from '../../support/servers/databases';
import { batchOf, sampleRun } from '../../store/support/samples';
import { FakeGateway } from './fake-gateway';

/** A job that says itself which tables it reads and writes. */
const flow = defineJobType({
  type: 'flow',
  title: 'Flow',
  configSchema: z.object({
    reads: z.array(z.string()).default([]),
    writes: z.array(z.string()).default([]),
  }),
  needsIdMapping: false,
  lineage: ({ config }) => config,
  run: () => Promise.resolve({ tables: [], summary: {} }),
});

const jobTypes: JobType[] = [flow, idleSyncScript];

export interface TestService {
  scheduling: Scheduling;
  store: Store;
  gateway: FakeGateway;
  secrets: Secrets;
  caller: Caller;
  /** Creates a task of the job `flow`: manual, over one table, where nothing else is said. */
  task(input?: Record<string, unknown>): Promise<TaskRead>;
  edit(task: { id: string }, patch: Record<string, unknown>): Promise<TaskRead>;
  /** Writes a record of an instance; succeeded at its first attempt where nothing else is said. */
  ran(
    task: { id: string },
    scheduleTime: string | null,
    change?: Partial<RunProjection>,
  ): Promise<RunProjection>;
  close(): Promise<void>;
}

export const admin: Caller = { tenant: 'default', userId: 'u1', name: 'Ada', role: 'admin' };

export async function openService(env: Record<string, string> = {}): Promise<TestService> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'tablegate-service-'));
  const settings = readSettings({ TABLEGATE_DATA_DIR: dataDir, ...env });
  const secrets = new Secrets('a secret of some length');
  const database = await makeDatabase();
  await migrate(database.url);
  const store = await openStore(database.url, {
    tokenDigest: (...parts) => digest(secrets.triggerToken(...parts)),
    log: () => undefined,
    patience,
  });
  await ensureAnalysisSource(store, settings, 'default');
  const gateway = new FakeGateway();
  const scheduling = createScheduling({
    ...{ store, secrets, gateway, settings },
    jobTypes: new Map(jobTypes.map((jobType) => [jobType.type, jobType])),
    log: pino({ level: 'silent' }),
  });
  let names = 0;
  return {
    ...{ scheduling, store, gateway, secrets, caller: admin },
    task: (input = {}) => {
      names += 1;
      const { reads, writes, ...rest } = input;
      const body = {
        ...{ name: `Task ${names}`, kind: 'manual', tables: ['crm.main.own'] },
        ...{ job: { type: 'flow', config: { reads, writes } }, ...rest },
      };
      return scheduling.tasks.create(admin, taskInputSchema.parse(body), null);
    },
    edit: ({ id }, patch) => scheduling.tasks.edit(admin, id, taskPatchSchema.parse(patch), null),
    ran: async ({ id }, scheduleTime, change = {}) => {
      const run = sampleRun({
        ...{ taskId: id, scheduleTime, status: 'succeeded', attempt: 1, startedBy: 'schedule' },
        ...{ startedAt: '2026-01-01T00:00:00.000Z', finishedAt: '2026-01-01T00:00:10.000Z' },
        ...change,
      });
      await store.tasks.project(batchOf({ runs: [run] }));
      return run;
    },
    close: async () => {
      await scheduling.close();
      await store.close();
      await database.drop();
      await rm(dataDir, { recursive: true });
    },
  };
}

/** What a refusal says, by field. */
export async function refusalOf(
  answer: Promise<unknown>,
): Promise<{ code: string; fields: Record<string, string>; message: string }> {
  try {
    await answer;
  } catch (error) {
    const { code, fields, message } = error as {
      code: string;
      fields: { path: string; message: string }[];
      message: string;
    };
    const byPath = Object.fromEntries((fields ?? []).map((field) => [field.path, field.message]));
    return { code, fields: byPath, message };
  }
  throw new Error('it was not refused');
}
