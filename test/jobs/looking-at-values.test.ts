/** A look at values that is broken off in the middle. */
import { lookAtValues } from '../../activities/jobs/metadata-collection/look-at-values';
import type { ToParent, ValuesWork } from '../../activities/jobs/metadata-collection/messages';
import { rejection } from '../connectors/support/sandbox';

const column = { name: 'a', type: 'VARCHAR' };
const tables = { 'main.t': { columns: [column], rows: [['1']] } };

/** Over a source that never answers when a sample is taken. */
const work: ValuesWork = {
  connection: { name: 'dw', type: 'fake', config: { name: 'silent', hangs: ['sample'], tables } },
  ...{ filesRoots: [], fake: true, scratchDir: '/nowhere', tableLimitMs: 60_000 },
  ...{ profile: true, classify: false, mode: 'fast' },
  tables: ['t', 'u'].map((table) => ({
    ...{ name: `dw.main.${table}`, schema: 'main', table, kind: 'table', rows: 1 },
    columns: [{ ...column, comment: null }],
  })),
};

test('it ends at once with the reason, and tells nothing of the tables', async () => {
  const told: ToParent[] = [];
  const stop = new AbortController();
  const looking = rejection(lookAtValues(work, (message) => told.push(message), stop.signal));
  const reason = new Error('cancelled');
  setTimeout(() => stop.abort(reason), 50);
  expect(await looking).toBe(reason);
  expect(told).toEqual([]);
});

test('a table that takes too long is told by its name, and the next one is looked at', async () => {
  const told: ToParent[] = [];
  const short = { ...work, tableLimitMs: 50 };
  await lookAtValues(short, (message) => told.push(message), new AbortController().signal);
  expect(told).toEqual(
    ['t', 'u'].map((table) => ({
      ...{ type: 'unseen', name: `dw.main.${table}` },
      error: 'looking at its values took longer than 0 s.',
    })),
  );
});
