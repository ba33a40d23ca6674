/** Tries that end when their result is in its place, and before anybody is told. */
import type { ToChild } from '../../activities/jobs/id-mapping/messages';
import * as children from '../../activities/jobs/run-child';
import { fenceOf } from '../../model/fence';
import { rejection, runSql, Sandbox } from '../connectors/support/sandbox';
import { compute, type Table } from './support/compute';
import { analysisFile, readResult, runIdMapping } from './support/run-job';

jest.mock('../../activities/jobs/run-child', () => ({
  __esModule: true,
  ...jest.requireActual<typeof children>('../../activities/jobs/run-child'),
}));

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => {
  jest.restoreAllMocks();
  sandbox.remove();
});

const tableOf = (...rows: string[][]): Table[] => [{ idTypes: ['card', 'mark'], rows }];
const before = tableOf(['1', 'a'], ['2', 'b'], ['3', 'c']);
const edited = tableOf(['1', 'a'], ['2', 'b'], ['2', 'c'], ['4', 'd']);
const later = tableOf(['5', 'e']);

it.each([
  ['the next try', fenceOf(7, 2, 1), fenceOf(7, 3, 1)],
  ['one that had not seen it when it began', fenceOf(7, 1, 1), fenceOf(7, 1, 1)],
])('%s tells what is there, with all changes since the run before', async (_, first, next) => {
  await compute(sandbox, before, {}, { fence: String(fenceOf(6, 1, 1)) });
  const run = { runId: 'edited' };
  const one = await compute(sandbox, edited, {}, { ...run, fence: String(first) });
  expect(one.summary.changes).toEqual({ new: 1, kept: 2, gone: 1, merged: 1, split: 0 });
  // The source has gone on meanwhile: what counts is what the run has put in its place.
  const again = await compute(sandbox, later, {}, { ...run, fence: String(next) });
  expect(again.summary).toEqual({ ...one.summary, seconds: again.summary.seconds });
  expect(again.details).toEqual(one.details);
  expect(again.rows).toEqual(one.rows);
  expect(again.changes).toEqual(one.changes);
  expect(again.logs.at(-1)).toBe(
    'A try of this run had put its result in a.main.id_mapping_42 before it ended; it is not computed again.',
  );

  const following = await compute(sandbox, later, {}, { fence: String(fenceOf(8, 1, 1)) });
  expect(following.summary.changes).toEqual({ new: 1, kept: 0, gone: 3, merged: 0, split: 0 });
});

it('a note that somebody has changed says nothing', async () => {
  const run = { runId: 'noted' };
  await compute(sandbox, before, {}, run);
  await runSql(analysisFile(sandbox), "UPDATE tablegate.last_writes SET note = 'by hand'");
  const { summary } = await compute(sandbox, before, {}, run);
  expect(summary.changes).toMatchObject({ new: 0, kept: 3 });
});

describe('a process that is gone', () => {
  const customers = { name: 'crm.main.customers', idMapping: [{ column: 'c', idType: 'card' }] };
  const run = () => ({
    tables: [customers],
    connections: { crm: { type: 'files', config: { path: sandbox.root } } },
  });
  const gone = () => new children.ChildDiedError('The computation was killed.');

  /** Lets each computation end without a last word, after what `last` does. */
  function killEach(last: (compute: () => Promise<unknown>) => Promise<unknown>): void {
    const { runChild } = children;
    jest.spyOn(children, 'runChild').mockImplementation(async (work) => {
      if ((work.request as ToChild).type === 'find') return runChild(work);
      await last(() => runChild(work));
      throw gone();
    });
  }

  beforeEach(() => sandbox.write('customers.csv', 'c\n1\n2\n'));

  it('after its result was in its place has done its work', async () => {
    killEach((work) => work());
    const { result, recorded } = await runIdMapping(sandbox, run());
    expect(result.summary).toMatchObject({ users: 2, ids: 2, rowsRead: 2, crowded: [] });
    expect(result.tables).toMatchObject([
      { table: 'crm.main.customers', status: 'succeeded', rowsRead: 2, rowsWritten: 2 },
    ]);
    expect(recorded.logs.at(-1)).toContain('it is not computed again');
    expect(await readResult(sandbox)).toHaveLength(2);
  });

  it('before that fails, and says so, whatever the run before has left', async () => {
    await runIdMapping(sandbox, { ...run(), runId: 'before', fence: fenceOf(1, 1, 1) });
    killEach(async () => undefined);
    const failing = runIdMapping(sandbox, { ...run(), runId: 'after', fence: fenceOf(2, 1, 1) });
    expect(await rejection(failing)).toMatchObject({ message: gone().message });
    expect(new Set((await readResult(sandbox)).map((row) => row.run_id))).toEqual(
      new Set(['before']),
    );
  });

  it('and a target that cannot be looked into are a failure, of the process', async () => {
    killEach(async (work) => {
      await work();
      await runSql(analysisFile(sandbox), 'DROP TABLE main.id_mapping_42');
    });
    expect(await rejection(runIdMapping(sandbox, run()))).toMatchObject({
      message: gone().message,
    });
  });
});
