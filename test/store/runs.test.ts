import { Client } from 'pg';
import type { TableDetail } from '../../model/run';
import { newId, openTestStore, type OpenedStore } from './support/opened';
import { batchOf, sampleRun } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const at = '2026-01-02T03:04:05.678Z';
const detail: TableDetail = {
  table: 'crm.main.customers',
  status: 'running',
  rowsRead: 5_000_000_000,
  rowsWritten: null,
  error: null,
  startedAt: at,
  finishedAt: null,
};
const progress = { fraction: 0.5, text: 'half of the tables' };

describe('progress', () => {
  test('is noted with the tables while the run is running, and can be taken back', async () => {
    const { runs } = opened.store;
    const run = sampleRun();
    await runs.project(run);
    await runs.progress('default', run.id, progress, [detail]);
    const found = () => runs.find('default', run.taskId, run.id);
    expect(await found()).toMatchObject({ progress, tables: [detail] });
    await runs.progress('default', run.id, null, []);
    expect(await found()).toMatchObject({ progress: null, tables: [] });
  });

  test.each(['queued', 'succeeded', 'failed', 'timedOut', 'cancelled', 'skipped'] as const)(
    'has no effect on a run that is %s',
    async (status) => {
      const { runs } = opened.store;
      const run = sampleRun({ status });
      await runs.project(run);
      await runs.progress('default', run.id, progress, [detail]);
      expect(await runs.find('default', run.taskId, run.id)).toMatchObject({
        progress: null,
        tables: [],
      });
    },
  );

  test('of another tenant’s run or of one that is not stored has no effect', async () => {
    const { runs } = opened.store;
    const run = sampleRun();
    await runs.project(run);
    await runs.progress('other', run.id, progress, [detail]);
    await runs.progress('default', newId(), progress, [detail]);
    expect(await runs.find('default', run.taskId, run.id)).toMatchObject({ progress: null });
  });
});

describe('the log of a run', () => {
  const line = (nr: number) => ({ at, level: 'info' as const, line: `line ${nr}` });
  const lines = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, nr) => line(from + nr));

  async function storedLines(runId: string): Promise<number> {
    const client = new Client({ connectionString: opened.url });
    await client.connect();
    const text = 'select count(*)::int as n from tablegate.run_log where run_id = $1';
    const { rows } = await client.query<{ n: number }>(text, [runId]);
    await client.end();
    return rows[0]!.n;
  }

  test('gives the lines back in order, as they were written', async () => {
    const { runs } = opened.store;
    const runId = newId();
    const written = [
      { at, level: 'warn' as const, line: 'a\tb "c" \\ \ud83d\ude00' },
      { at: '2020-01-01T00:00:00.001Z', level: 'error' as const, line: '' },
    ];
    await runs.appendLog('default', runId, written);
    await runs.appendLog('default', runId, []);
    await runs.appendLog('default', runId, [line(3)]);
    expect(await runs.log('default', runId)).toEqual([...written, line(3)]);
    expect(await runs.log('other', runId)).toEqual([]);
  });

  test('keeps the last 1,000 lines, over many appends and in one', async () => {
    const { runs } = opened.store;
    const [runId, other] = [newId(), newId()];
    await runs.appendLog('default', other, lines(0, 3));
    for (let from = 0; from < 1500; from += 300) {
      await runs.appendLog('default', runId, lines(from, from + 300));
    }
    expect(await runs.log('default', runId)).toEqual(lines(500, 1500));
    await runs.appendLog('default', runId, lines(2000, 4500));
    expect(await runs.log('default', runId)).toEqual(lines(3500, 4500));
    expect(await runs.log('default', other)).toEqual(lines(0, 3));
  });

  test('keeps 1,000 lines when several append at once', async () => {
    const { runs } = opened.store;
    const runId = newId();
    await Promise.all(
      Array.from({ length: 8 }, (_, nr) =>
        runs.appendLog('default', runId, lines(nr * 200, nr * 200 + 200)),
      ),
    );
    const kept = await runs.log('default', runId);
    expect(kept).toHaveLength(1000);
    expect(new Set(kept.map((entry) => entry.line)).size).toBe(1000);
    await runs.appendLog('default', runId, [line(0)]);
    expect(await storedLines(runId)).toBe(1000);
  });

  test('shortens a line that goes on and on, and says by how much', async () => {
    const { runs } = opened.store;
    const runId = newId();
    await runs.appendLog('default', runId, [{ ...line(1), line: 'x'.repeat(1_000_000) }]);
    const [kept] = await runs.log('default', runId);
    expect(kept?.line).toBe(`${'x'.repeat(10_000)}… (990000 more characters)`);
  });
});

describe('a run that was lost', () => {
  const end = {
    status: 'failed' as const,
    finishedAt: at,
    failureReason: 'The run was lost.',
    version: 1_000_000,
    endOnly: true as const,
  };
  const lose = (run: ReturnType<typeof sampleRun>) =>
    opened.store.tasks.project(
      batchOf({ runs: [{ ...run, ...end, startedAt: null, tries: 0, tables: [] }] }),
    );

  test('ends, and keeps what it had written of itself', async () => {
    const { runs } = opened.store;
    const run = sampleRun({ status: 'running', startedAt: at, tries: 2, tables: [detail] });
    await runs.project({ ...run, version: 3 });
    await lose(run);
    expect(await runs.find('default', run.taskId, run.id)).toMatchObject({
      ...{ status: 'failed', failureReason: 'The run was lost.', finishedAt: at },
      ...{ startedAt: at, tries: 2, tables: [detail] },
    });
  });

  test('keeps the end that it had written', async () => {
    const { runs } = opened.store;
    const run = sampleRun({ status: 'succeeded', finishedAt: at });
    await runs.project({ ...run, version: 4 });
    await lose(run);
    expect(await runs.find('default', run.taskId, run.id)).toMatchObject({ status: 'succeeded' });
  });

  test('is recorded where nothing of it was stored yet', async () => {
    const run = sampleRun();
    await lose(run);
    expect(await opened.store.runs.find('default', run.taskId, run.id)).toMatchObject({
      status: 'failed',
    });
  });
});
