import { setTimeout as sleep } from 'node:timers/promises';
import { defaultConcurrency } from '../model/backfill';
import { TablegateError } from '../model/errors';
import type { Caller } from '../model/people';
import { whyRerunDenied } from '../model/rerun-mode';
import type { BackfillStarter } from './backfills/starter';
import type { SchedulingDeps } from './deps';
import { backfillIdOf } from './idempotency-keys';
import { LineageIndex } from './lineage-index';
import type { RerunView, RunRead, RunService, TaskRead, TaskService } from './scheduling';
import { refuseByHand, taskNotFound } from './task-refusals';

/** How long the answer to a rerun waits for the record of the new run. */
const longestWaitMs = 4_000;
const firstAskAfterMs = 40;

type Options = Parameters<RunService['rerun']>[3];

/** Runs of the past, run again (rule 7): an instance by a backfill of its one time. */
export class Reruns {
  constructor(
    private readonly deps: SchedulingDeps,
    private readonly tasks: Pick<TaskService, 'get'>,
    private readonly runs: Pick<RunService, 'get' | 'start'>,
    private readonly starter: BackfillStarter,
  ) {}

  async rerun(caller: Caller, taskId: string, runId: string, options: Options): Promise<RerunView> {
    const record = await this.runs.get(caller, taskId, runId);
    const task = await this.tasks.get(caller, taskId);
    refuseByHand(task);
    if (record.scheduleTime === null) return this.startAgain(caller, task, record, options);
    return this.rerunInstance(caller, task, record.scheduleTime, options);
  }

  /** Without a schedule time it is no instance: the task is started by hand. */
  private async startAgain(
    caller: Caller,
    task: TaskRead,
    { status }: RunRead,
    { downstream, idempotencyKey }: Options,
  ): Promise<RerunView> {
    if (downstream === 'matching') {
      const message =
        'the run has no schedule time, so no time downstream matches it; leave it out';
      throw new TablegateError('invalidInput', `\`downstream\` in the body: ${message}.`, {
        fields: [{ path: 'downstream', message }],
      });
    }
    refuseDenied(whyRerunDenied(task.runPolicy.rerunMode, { attempts: 1, status }));
    const run = await this.runs.start(caller, task.id, idempotencyKey);
    return { backfillId: null, run, scheduleTime: null, attempt: run.attempt };
  }

  private async rerunInstance(
    caller: Caller,
    task: TaskRead,
    scheduleTime: string,
    { downstream, idempotencyKey }: Options,
  ): Promise<RerunView> {
    const { store, secrets } = this.deps;
    const { tenant } = caller;
    const id = backfillIdOf(secrets, caller, idempotencyKey);
    if (idempotencyKey !== null && (await store.backfills.find(tenant, id)) !== null) {
      return this.rerunBefore(caller, task.id, scheduleTime, id);
    }
    const [known] = await store.runs.knownInstances(tenant, task.id, [scheduleTime]);
    const before = known?.attempts ?? 0;
    refuseDenied(whyRerunDenied(task.runPolicy.rerunMode, known ?? null));
    const index = new LineageIndex(await store.tasks.lineage(tenant));
    if (!index.find(task.id)) throw taskNotFound(task.id);
    const roots = [{ taskId: task.id, times: [Date.parse(scheduleTime)] }];
    const kind = { downstream, existing: 'rerun' } as const;
    const plan = await this.starter.plan(tenant, index, { roots, marks: [], ...kind });
    await this.starter.start(caller, {
      ...{ id, startedBy: 'rerun', ...kind, concurrency: defaultConcurrency },
      ...{ taskIds: [task.id], plan, receipt: id.slice(0, 30), idempotencyKey },
    });
    const run = await this.newRun(caller, task.id, scheduleTime, before);
    return { backfillId: id, run, scheduleTime, attempt: before + 1 };
  }

  /** The same request, sent again: its driver may not have been started the first time. */
  private async rerunBefore(
    caller: Caller,
    taskId: string,
    scheduleTime: string,
    backfillId: string,
  ): Promise<RerunView> {
    const { store, gateway } = this.deps;
    const { tenant } = caller;
    await gateway.ensureBackfill(tenant, backfillId);
    const page = { pageSize: 1, pageToken: null };
    const { items } = await store.backfills.cells(
      tenant,
      backfillId,
      { state: null, taskId },
      page,
    );
    const runId = items[0]?.runId ?? null;
    const run = runId === null ? null : await this.runs.get(caller, taskId, runId);
    const [known] = await store.runs.knownInstances(tenant, taskId, [scheduleTime]);
    return { backfillId, run, scheduleTime, attempt: run?.attempt ?? known?.attempts ?? 1 };
  }

  /** The record of the next attempt, if it comes within a few seconds. */
  private async newRun(
    caller: Caller,
    taskId: string,
    scheduleTime: string,
    before: number,
  ): Promise<RunRead | null> {
    const { runs } = this.deps.store;
    const until = Date.now() + longestWaitMs;
    for (let waitMs = firstAskAfterMs; Date.now() < until; waitMs *= 1.5) {
      const [known] = await runs.knownInstances(caller.tenant, taskId, [scheduleTime]);
      if (known && known.attempts > before) return this.runs.get(caller, taskId, known.runId);
      await sleep(waitMs);
    }
    return null;
  }
}

function refuseDenied(reason: string | null): void {
  if (reason === null) return;
  throw new TablegateError('rerunDenied', `It is not run again: ${reason}.`);
}
