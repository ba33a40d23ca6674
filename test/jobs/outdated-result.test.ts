import * as writing from '../../activities/jobs/id-mapping/write-result';
import { Sandbox } from '../connectors/support/sandbox';
import { compute, type Table } from './support/compute';

jest.mock('../../activities/jobs/id-mapping/write-result', () => ({
  __esModule: true,
  ...jest.requireActual<typeof writing>('../../activities/jobs/id-mapping/write-result'),
}));

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => {
  jest.restoreAllMocks();
  sandbox.remove();
});

const tableOf = (...rows: string[][]): Table[] => [{ idTypes: ['card', 'mark'], rows }];

/** Lets `between` happen when a result is about to be put in its place, the first `times` times. */
function beforeTheSwap(between: () => Promise<unknown>, times: number): void {
  const swap = writing.swapResult;
  let swaps = 0;
  jest.spyOn(writing, 'swapResult').mockImplementation(async (engine, request, ...rest) => {
    swaps += 1;
    if (swaps <= times) {
      jest.mocked(writing.swapResult).mockImplementationOnce(swap);
      await between();
    }
    return swap(engine, { ...request, fence: '1000000', startedAtMs: Date.now() }, ...rest);
  });
}

it('a result that another has come before goes on with the ids of that one', async () => {
  await compute(sandbox, tableOf(['1', 'a']));
  let other: Awaited<ReturnType<typeof compute>> | null = null;
  beforeTheSwap(async () => {
    other = await compute(sandbox, tableOf(['1', 'a'], ['2', 'b']));
  }, 1);
  const { rows, summary, logs } = await compute(
    sandbox,
    tableOf(['1', 'a'], ['2', 'b'], ['3', 'c']),
  );
  const idOf = (value: string, all: typeof rows) =>
    all.find((row) => row.id_value === value)?.one_id;
  expect(idOf('2', rows)).toBe(idOf('2', other!.rows));
  expect(summary.changes).toEqual({ new: 1, kept: 2, gone: 0, merged: 0, split: 0 });
  expect(logs).toContain(
    'main.id_mapping_42 has been written since it was read. The users are matched with that result.',
  );
});

it('a result of its own run that has come before is the one that counts', async () => {
  await compute(sandbox, tableOf(['1', 'a']));
  const tables = tableOf(['1', 'a'], ['2', 'b']);
  const run = { runId: 'tried twice' };
  let other: Awaited<ReturnType<typeof compute>> | null = null;
  beforeTheSwap(async () => {
    other = await compute(sandbox, tables, {}, run);
  }, 1);
  const { rows, summary, changes } = await compute(sandbox, tables, {}, run);
  expect(summary.changes).toEqual({ new: 1, kept: 1, gone: 0, merged: 0, split: 0 });
  expect({ rows, changes }).toEqual({ rows: other!.rows, changes: other!.changes });
});

it('a run that is overtaken again and again says so', async () => {
  await compute(sandbox, tableOf(['1', 'a']));
  beforeTheSwap(() => compute(sandbox, tableOf(['1', 'a'])), Infinity);
  await expect(compute(sandbox, tableOf(['1', 'a']))).rejects.toThrow(
    'a.main.id_mapping_42: other runs have written it 10 times meanwhile; let them end first.',
  );
});
