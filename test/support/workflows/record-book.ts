/** Records as the store keeps them: an older version never replaces a newer one. */
import { isEnded, type RunProjection, type RunStatus } from '../../../model/run';

export class RecordBook {
  private readonly byId = new Map<string, RunProjection>();

  write(records: readonly RunProjection[]): void {
    for (const record of records) {
      if (record.endOnly) this.end(record);
      else this.put(record);
    }
  }

  all(): RunProjection[] {
    return [...this.byId.values()];
  }

  find(runId: string): RunProjection | null {
    return this.byId.get(runId) ?? null;
  }

  /** All records of an instance, in the order in which they were first written. */
  of(scheduleTime: string): RunProjection[] {
    return this.all().filter((record) => record.scheduleTime === scheduleTime);
  }

  /** How an instance stands, as activities are told; null where it has no record. */
  known(scheduleTime: string): { attempts: number; status: RunStatus } | null {
    const latest = this.of(scheduleTime).reduce<RunProjection | null>(
      (best, record) => (best && best.attempt > record.attempt ? best : record),
      null,
    );
    return latest && { attempts: latest.attempt, status: latest.status };
  }

  private put(record: RunProjection): void {
    const known = this.byId.get(record.id);
    if (!known || record.version > known.version) this.byId.set(record.id, record);
  }

  /** Only status, end and reason count, and only where no end is written yet. */
  private end(record: RunProjection): void {
    this.put({ ...record, version: 0 });
    const known = this.byId.get(record.id)!;
    if (isEnded(known.status)) return;
    const { status, finishedAt, failureReason, version } = record;
    this.byId.set(record.id, { ...known, status, finishedAt, failureReason, version });
  }
}
