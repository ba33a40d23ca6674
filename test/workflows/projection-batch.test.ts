/** What a task brings into its store at once is bounded: Temporal ends a workflow that sends more. */
import type { RunProjection } from '../../model/run';
import type { LedgerProjection } from '../../model/trigger';
import { nextBatch } from '../../workflows/projection-batch';

const twoMegabytes = 2 * 1024 * 1024;

function records(count: number, failureReason: string | null): RunProjection[] {
  return Array.from({ length: count }, (_, index): RunProjection => ({
    ...{ tenant: 'default', version: 2, id: String(index), taskId: '0f'.repeat(16) },
    ...{ status: 'failed', startedBy: 'backfill', startedByUser: null, scheduleTime: null },
    ...{ attempt: 1, tries: 1, queuedAt: '', startedAt: '', finishedAt: '', progress: null },
    ...{ failureReason, failureCause: null, tables: [], summary: null },
  }));
}

function lines(count: number): LedgerProjection[] {
  return Array.from({ length: count }, (_, index): LedgerProjection => ({
    ...{ tenant: 'default', taskId: '0f'.repeat(16), version: 1, receipt: String(index) },
    ...{ table: 'a.b.c', at: '', caller: '', outcome: 'counted', reason: null },
    ...{ scheduleTime: null, runId: null, appliedBy: null, appliedAt: null },
  }));
}

it('takes everything where that is little', () => {
  const outbox = { ledger: lines(20), runs: records(30, null) };
  expect(nextBatch({ outbox })).toEqual(outbox);
});

it('takes the oldest first, and no more than some hundreds', () => {
  const outbox = { ledger: lines(2_000), runs: records(2_000, null) };
  const batch = nextBatch({ outbox });
  expect(batch.runs).toEqual(outbox.runs.slice(0, batch.runs.length));
  expect(batch.ledger).toEqual(outbox.ledger.slice(0, batch.ledger.length));
  expect([batch.ledger.length, batch.runs.length]).toEqual([500, 500]);
});

it('takes fewer records where these are long, in whatever letters', () => {
  const outbox = { ledger: [], runs: records(300, '界'.repeat(7_500)) };
  const { runs } = nextBatch({ outbox });
  expect(runs.length).toBeGreaterThan(10);
  expect(Buffer.byteLength(JSON.stringify(runs))).toBeLessThan(twoMegabytes / 2);
});

it('takes a record that is longer than all that, alone', () => {
  const outbox = { ledger: [], runs: records(2, 'x'.repeat(1_000_000)) };
  expect(nextBatch({ outbox }).runs).toEqual(outbox.runs.slice(0, 1));
});
