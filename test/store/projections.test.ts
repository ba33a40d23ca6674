import * as fc from 'fast-check';
import { Client } from 'pg';
import type { Change } from '../../model/change';
import { changesChannel, type ProjectionBatch } from '../../store';
import { payloadsOf } from '../../store/notify';
import { newId, openTestStore, tokenDigest, type OpenedStore } from './support/opened';
import { batchOf, outputTable, sampleLine, sampleRun, sampleTask, shown } from './support/samples';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

const project = (batch: ProjectionBatch) => opened.store.tasks.project(batch);
const notATime = 'invalid input syntax for type timestamp with time zone';
const removedAt = '2026-02-03T04:05:06.007Z';

describe('a projection', () => {
  test('is given back as it was written, to the millisecond and in the order of its keys', async () => {
    const task = sampleTask({ createdAt: '2026-01-02T03:04:05.001Z' });
    const line = sampleLine({
      taskId: task.id,
      scheduleTime: '2025-12-31T23:59:59.999Z',
      appliedBy: 'someone',
      appliedAt: '2026-01-03T00:00:00.010Z',
      reason: 'busy',
      runId: newId(),
      outcome: 'ignored',
    });
    const run = sampleRun({
      taskId: task.id,
      startedAt: '2026-01-02T03:04:06.100Z',
      finishedAt: '2026-01-02T03:04:07.120Z',
      progress: { fraction: 0.5, text: 'half' },
      failureReason: 'the table was not there',
      failureCause: 'ENOENT',
      summary: { users: 3, a: [1, { z: null }] },
    });
    await project(batchOf({ task, ledger: [line], runs: [run] }));
    const { store } = opened;
    const found = await store.tasks.find('default', task.id);
    expect(JSON.stringify(found)).toBe(JSON.stringify(shown(task, 'revision', 'removedAt')));
    expect(await store.ledger.find('default', task.id, line.receipt)).toEqual(
      shown(line, 'taskId', 'version'),
    );
    expect(await store.runs.find('default', task.id, run.id)).toEqual(shown(run, 'version'));
  });

  test('of another tenant or another task is not found', async () => {
    const task = sampleTask();
    const [line, run] = [sampleLine({ taskId: task.id }), sampleRun({ taskId: task.id })];
    await project(batchOf({ task, ledger: [line], runs: [run] }));
    const { store } = opened;
    expect(await store.tasks.find('other', task.id)).toBeNull();
    expect(await store.tasks.exists('other', task.id)).toBe(false);
    expect(await store.ledger.find('other', task.id, line.receipt)).toBeNull();
    expect(await store.ledger.find('default', newId(), line.receipt)).toBeNull();
    expect(await store.runs.find('other', task.id, run.id)).toBeNull();
    expect(await store.runs.find('default', newId(), run.id)).toBeNull();
  });

  test('holds texts that PostgreSQL cannot, with a mark in place of what it cannot', async () => {
    const run = sampleRun({
      failureCause: 'a\0b',
      summary: { 'half \ud83d': 'a literal \\u0000 stays, \ud83d\ude00 too' },
    });
    await opened.store.runs.project(run);
    const found = await opened.store.runs.find('default', run.taskId, run.id);
    expect(found?.failureCause).toBe('a\ufffdb');
    expect(found?.summary).toEqual({ 'half \ufffd': 'a literal \\u0000 stays, \ud83d\ude00 too' });
  });

  test('is written whole or not at all', async () => {
    const task = sampleTask();
    const line = sampleLine({ taskId: task.id });
    const broken = sampleRun({ taskId: task.id, queuedAt: 'not a time' });
    await expect(project(batchOf({ task, ledger: [line], runs: [broken] }))).rejects.toThrow(
      notATime,
    );
    expect(await opened.store.tasks.exists('default', task.id)).toBe(false);
    expect(await opened.store.ledger.find('default', task.id, line.receipt)).toBeNull();
  });

  test('may hold 500 lines, and one line twice', async () => {
    const taskId = newId();
    const lines = Array.from({ length: 500 }, () => sampleLine({ taskId }));
    const applied = { ...lines[7]!, outcome: 'started' as const, version: 2 };
    const batch = batchOf({ ledger: [...lines, applied] });
    await project(batch);
    await project(batch);
    const filter = { outcome: null, table: null, from: null, to: null };
    const all = { pageSize: 1000, pageToken: null };
    const { items } = await opened.store.ledger.list('default', taskId, filter, all);
    expect(items).toHaveLength(500);
    expect(items.filter((item) => item.outcome === 'started')).toEqual([
      shown(applied, 'taskId', 'version'),
    ]);
  });
});

describe('of several versions', () => {
  /** For every entity the versions that are sent, in an order of chance, some of them repeatedly. */
  const deliveries = fc.array(
    fc.array(
      fc.record({
        kind: fc.constantFrom('task' as const, 'line' as const, 'run' as const),
        nr: fc.integer({ min: 0, max: 2 }),
        version: fc.integer({ min: 1, max: 9 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    { minLength: 1, maxLength: 8 },
  );

  /** Batches over three tasks, lines and records of their own; the text tells the version. */
  function batchesOf(sent: { kind: string; nr: number; version: number }[][]) {
    const ids = [newId(), newId(), newId()];
    const taskId = newId();
    const text = (version: number) => `version ${version}`;
    const batches = sent.flatMap((pieces) => {
      const tasks = pieces
        .filter(({ kind }) => kind === 'task')
        .map(({ nr, version }) =>
          sampleTask({ id: ids[nr]!, revision: version, description: text(version) }),
        );
      const ledger = pieces
        .filter(({ kind }) => kind === 'line')
        .map(({ nr, version }) =>
          sampleLine({ taskId, receipt: ids[nr]!, version, reason: text(version) }),
        );
      const runs = pieces
        .filter(({ kind }) => kind === 'run')
        .map(({ nr, version }) =>
          sampleRun({ taskId, id: ids[nr]!, version, failureReason: text(version) }),
        );
      const others = tasks.slice(1).map((task) => batchOf({ task }));
      return [batchOf({ task: tasks[0] ?? null, ledger, runs }), ...others];
    });
    return { ids, taskId, batches, text };
  }

  async function expectNewest(
    sent: { kind: string; nr: number; version: number }[][],
    { ids, taskId, text }: ReturnType<typeof batchesOf>,
  ) {
    const { store } = opened;
    const newest = (kind: string, nr: number) => {
      const versions = sent
        .flat()
        .filter((piece) => piece.kind === kind && piece.nr === nr)
        .map((piece) => piece.version);
      return versions.length === 0 ? undefined : text(Math.max(...versions));
    };
    for (const [nr, id] of ids.entries()) {
      const task = await store.tasks.find('default', id);
      const line = await store.ledger.find('default', taskId, id);
      const run = await store.runs.find('default', taskId, id);
      expect(task?.description).toBe(newest('task', nr));
      expect(line?.reason).toBe(newest('line', nr));
      expect(run?.failureReason).toBe(newest('run', nr));
    }
  }

  test('the newest stays, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (sent) => {
        const made = batchesOf(sent);
        for (const batch of made.batches) await project(batch);
        await expectNewest(sent, made);
      }),
      { numRuns: 40 },
    );
  });

  test('the newest stays when all are written at once', async () => {
    await fc.assert(
      fc.asyncProperty(deliveries, async (sent) => {
        const made = batchesOf(sent);
        await Promise.all(made.batches.map(project));
        await expectNewest(sent, made);
      }),
      { numRuns: 40 },
    );
  });

  test('one that is sent again does not undo progress that was noted since', async () => {
    const run = sampleRun();
    await opened.store.runs.project(run);
    const progress = { fraction: 0.25, text: 'reading' };
    await opened.store.runs.progress('default', run.id, progress, []);
    await opened.store.runs.project(run);
    const found = await opened.store.runs.find('default', run.taskId, run.id);
    expect(found?.progress).toEqual(progress);
  });
});

describe('a removed task', () => {
  const table = 'crm.main.customers';

  test('is not found, keeps its id, and gives up its outputs and tokens', async () => {
    const { store } = opened;
    const task = sampleTask();
    const output = `analysis.main.${task.id}`;
    await project(batchOf({ task }));
    await store.tasks.reserveOutputs('default', task.id, [outputTable(output)]);
    expect(await store.tokens.list('default', task.id)).toHaveLength(1);
    await project(batchOf({ task: { ...task, revision: 2, removedAt } }));
    expect(await store.tasks.find('default', task.id)).toBeNull();
    expect(await store.tasks.exists('default', task.id)).toBe(true);
    expect(await store.tokens.list('default', task.id)).toEqual([]);
    const digest = tokenDigest('default', task.id, table, 1);
    expect(await store.tokens.findByDigest(digest)).toBeNull();
    expect(await store.tasks.reserveOutputs('default', newId(), [outputTable(output)])).toBeNull();
  });

  test('stays removed, tokens too, when an older projection comes late', async () => {
    const { store } = opened;
    const task = sampleTask();
    await project(batchOf({ task: { ...task, revision: 5, removedAt } }));
    await project(batchOf({ task: { ...task, revision: 4 } }));
    expect(await store.tasks.find('default', task.id)).toBeNull();
    expect(await store.tokens.list('default', task.id)).toEqual([]);
    expect(await store.tokens.rotate('default', task.id, table)).toBeNull();
  });

  test('gets no tokens and no outputs from an edit that its removal overtook', async () => {
    const { store } = opened;
    for (let round = 0; round < 15; round += 1) {
      const task = sampleTask();
      const output = `analysis.main.${task.id}`;
      await project(batchOf({ task }));
      await Promise.all([
        store.tokens.rotate('default', task.id, table),
        store.tasks.reserveOutputs('default', task.id, [outputTable(output)]),
        project(batchOf({ task: { ...task, revision: 2 } })),
        project(batchOf({ task: { ...task, revision: 3, removedAt } })),
      ]);
      expect(await store.tokens.list('default', task.id)).toEqual([]);
      expect(
        await store.tasks.reserveOutputs('default', newId(), [outputTable(output)]),
      ).toBeNull();
    }
  });
});

describe('the numbers of tasks', () => {
  test('are given out once each, whoever asks at the same time', async () => {
    const numbers = await Promise.all(
      Array.from({ length: 40 }, () => opened.store.tasks.nextNumber()),
    );
    expect(new Set(numbers).size).toBe(40);
    expect(numbers.every((number) => /^\d+$/.test(number))).toBe(true);
  });

  test('go on above those of tasks that came from a rebuild, to 64 bits exactly', async () => {
    await project(batchOf({ task: sampleTask({ number: '9007199254740993' }) }));
    await project(batchOf({ task: sampleTask({ number: '7' }) }));
    expect(await opened.store.tasks.nextNumber()).toBe('9007199254740994');
  });
});

/** What a payload tells, as a text for each change. */
function toldIn(payload = ''): string[] {
  const { tenant, changes } = JSON.parse(payload) as { tenant: string; changes: Change[] };
  expect(tenant).toBe('default');
  return changes.map((one) => `${one.type} ${one.id} of ${one.taskId} at ${one.version}`);
}

describe('who listens', () => {
  test('hears of what a batch changes, when it is written, and of nothing else', async () => {
    const client = new Client({ connectionString: opened.url });
    await client.connect();
    const heard: unknown[] = [];
    const [task, other, failed] = [sampleTask(), newId(), newId()];
    const [run, dated] = [sampleRun(), sampleRun({ scheduleTime: '2026-01-02T00:00:00.000Z' })];
    const done = new Promise<void>((resolve) => {
      client.on('notification', ({ payload }) => {
        heard.push(toldIn(payload));
        if (payload?.includes(run.id)) resolve();
      });
    });
    await client.query(`listen ${changesChannel}`);
    const lines = [task.id, task.id, other].map((taskId) => sampleLine({ taskId }));
    await project(batchOf({ task, ledger: lines, runs: [dated] }));
    const bad = sampleLine({ taskId: failed, at: 'not a time' });
    await expect(project(batchOf({ ledger: [bad] }))).rejects.toThrow(notATime);
    await opened.store.runs.project(run);
    await done;
    await client.end();
    const [a, b, c] = lines.map(({ receipt }) => receipt);
    expect(heard).toEqual([
      [
        `task ${task.id} of ${task.id} at 1`,
        ...[`trigger ${a} of ${task.id} at 1`, `trigger ${b} of ${task.id} at 1`],
        `trigger ${c} of ${other} at 1`,
        `run ${dated.id} of ${dated.taskId} at 1`,
        `instance ${dated.scheduleTime} of ${dated.taskId} at null`,
      ],
      [`run ${run.id} of ${run.taskId} at 1`],
    ]);
  });

  test('hears of many changes of one kind as one, each time within what PostgreSQL takes', () => {
    const triggers = Array.from({ length: 500 }, (_, nr) => ({
      ...{ type: 'trigger' as const, id: `r${nr}`, taskId: 't' },
    }));
    expect(payloadsOf('default', triggers).map(toldIn)).toEqual([['trigger null of t at null']]);
    const runs = Array.from({ length: 10 }, (_, nr) =>
      Array.from({ length: 10 }, (__, run) => ({
        ...{ type: 'run' as const, id: `${newId()}${run}`, taskId: `${nr}`, version: 1 },
      })),
    ).flat();
    expect(payloadsOf('default', runs).map(toldIn)).toEqual([['run null of null at null']]);
    const some = [...runs.slice(0, 10), ...triggers.slice(0, 10)].map((change) => ({
      ...change,
      id: change.id.padEnd(900, 'x'),
    }));
    const texts = payloadsOf('default', some);
    expect(texts.flatMap(toldIn)).toHaveLength(20);
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8000);
  });

  test('hears of the progress of a run while it is running', async () => {
    const client = new Client({ connectionString: opened.url });
    await client.connect();
    const heard: string[] = [];
    client.on('notification', ({ payload }) => heard.push(...toldIn(payload)));
    const [live, ended] = [sampleRun(), sampleRun({ status: 'succeeded' })];
    for (const run of [live, ended]) await opened.store.runs.project(run);
    await client.query(`listen ${changesChannel}`);
    for (const { tenant, id } of [ended, live]) {
      await opened.store.runs.progress(tenant, id, { fraction: 0.5, text: 'reading' }, []);
    }
    await client.query('select 1');
    await client.end();
    expect(heard).toEqual([`run ${live.id} of ${live.taskId} at null`]);
  });
});
