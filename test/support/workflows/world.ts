/** What the workflows act on in tests: a store in memory, and jobs that the test directs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Context } from '@temporalio/activity';
import pino from 'pino';
import { z } from 'zod';
import type { Activities, RunJobInput } from '../../../activities/activities';
import type { ActivityDeps } from '../../../activities/deps';
import { makeRunJob } from '../../../activities/run-job';
import type { JobContext, JobResult } from '../../../model/job-type';
import type { RunProjection } from '../../../model/run';
import type { TaskProjection } from '../../../model/task';
import type { LedgerProjection } from '../../../model/trigger';

export type FakeJob = (context: JobContext<unknown>, input: RunJobInput) => Promise<JobResult>;

type AskedSchedule = Parameters<Activities['syncSchedule']>[0];

export const nothingDone: JobResult = { tables: [], summary: {} };

export class World {
  readonly tasks = new Map<string, TaskProjection>();
  /** Ledger lines by receipt; the newest version of each. */
  readonly ledger = new Map<string, LedgerProjection>();
  /** Records by run; the newest version of each. */
  readonly runs = new Map<string, RunProjection>();
  /** Every version of every record, in the order they came. */
  readonly recordsSeen: RunProjection[] = [];
  /** Tries of jobs, in the order they began. */
  readonly tries: (RunJobInput & { fence: bigint; activityAttempt: number })[] = [];
  /** Receipts of lines that came again with another outcome. */
  readonly conflicts: string[] = [];
  /** Whether the search attributes are registered. */
  searchAttributes = false;
  storeDown = false;
  /** Projections that were refused while the store was down. */
  refused = 0;
  job: FakeJob = async () => nothingDone;
  /** Records by how they came: each entry is what one activity has written. */
  readonly writes: { by: 'projectTask' | 'recordRun' | 'runJob'; records: RunProjection[] }[] = [];
  /** Schedules by task: as they were asked for last. */
  readonly schedules = new Map<string, AskedSchedule['schedule']>();
  /** How often each task's Schedule was asked for, as what, in order. */
  readonly schedulesAsked: AskedSchedule[] = [];
  /** Called before a Schedule is made as asked. */
  beforeSchedule: (asked: AskedSchedule) => Promise<void> = async () => undefined;
  /** What the upstream tasks of a due time have done. */
  needs: Activities['judgeNeeds'] = async ({ scheduleTimes }) =>
    scheduleTimes.map((scheduleTime) => ({
      ...{ scheduleTime, upstream: 'met' as const, reason: null, known: null },
    }));
  /** Where backfills take their steps. */
  backfillStep: Activities['advanceBackfill'] = () => Promise.reject(new Error('no backfill'));
  /** What is done where a task of a backfill is gone. */
  backfillDrop: Activities['dropTaskFromBackfill'] = () => Promise.reject(new Error('no backfill'));
  /** What a delivery of a notice comes to. */
  webhook: Activities['deliverNotice'] = async () => ({ status: 200 });
  /** What a look-up answers. */
  lookUp: Activities['answerLookUp'] = () => Promise.reject(new Error('no look-up'));
  /** What the watchdog does at a look around, and what it deletes of the store. */
  watch: Activities['watch'] = async () => ({ ticked: 0, repaired: 0 });
  prune: Activities['prune'] = async () => ({ deleted: 0 });
  private readonly scratchRoot = mkdtempSync(path.join(tmpdir(), 'tablegate-jobs-'));
  private readonly watchers = new Set<() => void>();

  /** Resolves with what `look` finds, as soon as it finds something; looks at every change. */
  until<T>(look: () => T | null | undefined | false): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = (): void => {
        try {
          const found = look();
          if (found === null || found === undefined || found === false) return;
          this.watchers.delete(watch);
          resolve(found);
        } catch (error) {
          this.watchers.delete(watch);
          reject(error as Error);
        }
      };
      this.watchers.add(watch);
      watch();
    });
  }

  /** The record of a run that has ended. */
  ended(runId: string): Promise<RunProjection> {
    return this.until(() => {
      const record = this.runs.get(runId);
      return record?.finishedAt != null && record;
    });
  }

  changed(): void {
    for (const watch of this.watchers) watch();
  }

  activities(askRun: Activities['askRun']): Activities {
    return {
      projectTask: async ({ task, ledger, runs }) => {
        this.refuseWhileDown();
        if (task.revision > (this.tasks.get(task.id)?.revision ?? 0)) this.tasks.set(task.id, task);
        for (const line of ledger) {
          const known = this.ledger.get(line.receipt);
          if (known?.version === line.version && known.outcome !== line.outcome) {
            this.conflicts.push(line.receipt);
          }
          if (line.version > (known?.version ?? 0)) {
            this.ledger.set(line.receipt, line);
          }
        }
        this.keep('projectTask', runs);
        this.changed();
        return { searchAttributes: this.searchAttributes };
      },
      recordRun: async (record) => {
        this.refuseWhileDown();
        this.keep('recordRun', [record]);
        this.changed();
        return { searchAttributes: this.searchAttributes };
      },
      runJob: (input) => this.runJob(input),
      askRun,
      judgeNeeds: (ask) => this.needs(ask),
      syncSchedule: async (asked) => {
        this.schedulesAsked.push(asked);
        this.changed();
        await this.beforeSchedule(asked);
        this.schedules.set(asked.taskId, asked.schedule);
        this.changed();
      },
      advanceBackfill: (step) => this.backfillStep(step),
      dropTaskFromBackfill: (cell) => this.backfillDrop(cell),
      watch: (window) => this.watch(window),
      deliverNotice: (delivery) => this.webhook(delivery),
      answerLookUp: (input) => this.lookUp(input),
      prune: () => this.prune(),
    };
  }

  close(): void {
    rmSync(this.scratchRoot, { recursive: true, force: true });
  }

  private refuseWhileDown(): void {
    if (!this.storeDown) return;
    this.refused += 1;
    this.changed();
    throw new Error('the store is down');
  }

  private keep(by: World['writes'][number]['by'], records: RunProjection[]): void {
    if (records.length > 0) this.writes.push({ by, records });
    for (const run of records) {
      this.recordsSeen.push(run);
      const known = this.runs.get(run.id);
      if (run.version >= (known?.version ?? -1)) this.runs.set(run.id, settle(known, run));
    }
  }

  /** The real activity around a job of the test. */
  private runJob(input: RunJobInput): Promise<JobResult> {
    const { job } = this;
    const none = async (): Promise<never[]> => [];
    const deps = {
      store: {
        runs: {
          appendLog: none,
          progress: none,
          project: async (record: RunProjection) => {
            this.keep('runJob', [record]);
            this.changed();
          },
        },
        sources: { findTables: none },
      } as unknown as ActivityDeps['store'],
      secrets: {} as ActivityDeps['secrets'],
      jobTypes: new Map([
        [
          'fake',
          {
            ...{ type: 'fake', title: 'Fake', configSchema: z.unknown(), needsIdMapping: false },
            lineage: () => ({ reads: [], writes: [] }),
            run: (context: JobContext<unknown>) => {
              const activityAttempt = Context.current().info.attempt;
              this.tries.push({ ...input, fence: context.fence, activityAttempt });
              this.changed();
              return job(context, input);
            },
          },
        ],
      ]),
      temporal: {} as ActivityDeps['temporal'],
      searchAttributes: () => false,
      filesRoots: () => [],
      webhookHosts: [],
      retention: { ledger: null, records: null, logs: null, audit: null },
      scratchRoot: this.scratchRoot,
      log: pino({ level: 'silent' }),
    };
    return makeRunJob(deps)(input);
  }
}

/** As the store does: a bare end changes nothing but status, end and reason, and no end that is there. */
function settle(known: RunProjection | undefined, run: RunProjection): RunProjection {
  if (!run.endOnly || !known) return run;
  if (known.finishedAt !== null) return known;
  const { version, status, finishedAt, failureReason } = run;
  return { ...known, version, status, finishedAt, failureReason };
}

/** A job that goes on until the test lets it end, or it is cancelled. */
export class HeldJob {
  private release: (end: JobResult | Error) => void = () => undefined;
  private readonly released = new Promise<JobResult | Error>((resolve) => (this.release = resolve));
  cancelled = false;

  readonly job: FakeJob = async ({ signal }) => {
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => {
        this.cancelled = true;
        reject(new Error('aborted'));
      });
    });
    const end = await Promise.race([this.released, aborted]);
    if (end instanceof Error) throw end;
    return end;
  };

  end(how: JobResult | Error = nothingDone): void {
    this.release(how);
  }
}
