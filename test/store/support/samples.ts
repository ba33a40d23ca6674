/** Tasks, ledger lines and records to write. */
import type { RunProjection } from '../../../model/run';
import { defaultRunPolicy, noRuntimeResource, type TaskProjection } from '../../../model/task';
import type { LedgerProjection } from '../../../model/trigger';
import type { OutputTable, ProjectionBatch } from '../../../store';
import { newId } from './opened';

let numbers = 0;

export function sampleTask(change: Partial<TaskProjection> = {}): TaskProjection {
  numbers += 1;
  return {
    tenant: 'default',
    id: newId(),
    number: String(numbers),
    name: 'Unify',
    description: '',
    owner: null,
    creator: 'admin',
    imported: null,
    tags: [{ key: 'team' }],
    environment: 'Prod',
    kind: 'triggered',
    tables: [{ name: 'crm.main.customers', by: 'url' }],
    whileRunning: 'ignore',
    timezone: 'UTC',
    job: { type: 'id-mapping', config: { zone: 1, a: 'kept in this order' } },
    runPolicy: defaultRunPolicy,
    recurrence: null,
    dependsOn: [],
    notifications: null,
    runtimeResource: noRuntimeResource,
    dataSource: null,
    paused: false,
    gate: null,
    latestRun: null,
    nextRunTime: null,
    createdAt: '2026-01-02T03:04:05.678Z',
    updatedAt: '2026-01-02T03:04:05.678Z',
    version: 1,
    revision: 1,
    removedAt: null,
    ...change,
  };
}

export function sampleLine(change: Partial<LedgerProjection> = {}): LedgerProjection {
  return {
    tenant: 'default',
    taskId: 'a'.repeat(32),
    receipt: newId().slice(2),
    table: 'crm.main.customers',
    at: '2026-01-02T03:04:05.678Z',
    caller: '127.0.0.1 curl',
    outcome: 'counted',
    reason: null,
    scheduleTime: null,
    runId: null,
    appliedBy: null,
    appliedAt: null,
    version: 1,
    ...change,
  };
}

export function sampleRun(change: Partial<RunProjection> = {}): RunProjection {
  return {
    tenant: 'default',
    version: 1,
    id: newId(),
    taskId: 'a'.repeat(32),
    status: 'running',
    startedBy: 'triggers',
    startedByUser: null,
    scheduleTime: null,
    attempt: 1,
    tries: 1,
    queuedAt: '2026-01-02T03:04:05.678Z',
    startedAt: null,
    finishedAt: null,
    progress: null,
    failureReason: null,
    failureCause: null,
    tables: [],
    summary: null,
    ...change,
  };
}

export function batchOf(parts: Partial<ProjectionBatch>): ProjectionBatch {
  return { task: null, lineage: { reads: [], writes: [] }, ledger: [], runs: [], ...parts };
}

/** What the store gives back of a projection. */
export function shown<Projection extends { tenant: string }>(
  projection: Projection,
  ...hidden: (keyof Projection)[]
): Partial<Projection> {
  return Object.fromEntries(
    Object.entries(projection).filter(
      ([key]) => key !== 'tenant' && !hidden.includes(key as keyof Projection),
    ),
  ) as Partial<Projection>;
}

/** An output whose name is all there is to it. */
export const outputTable = (name: string): OutputTable => ({ name, target: name });
