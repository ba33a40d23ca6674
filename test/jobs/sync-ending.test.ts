import { copyRows } from '../../activities/jobs/sync-script/copy-rows';
import { readerOf, writerOf } from '../../activities/jobs/sync-script/kinds';
import type { SyncRequest } from '../../activities/jobs/sync-script/messages';
import type { RowSource, WriteRows } from '../../connectors/transfer';
import { planOf } from '../../model/script-plan';
import { parseScript } from '../../model/script';
import { pair } from './support/run-sync';

jest.mock('../../activities/jobs/sync-script/kinds');

const script = pair(
  ['postgresqlreader', { datasource: 'a', table: 't' }],
  ['postgresqlwriter', { datasource: 'b', table: 't' }],
);
const connection = (name: string) => ({ name, type: 'postgres', config: {} });
const request: SyncRequest = {
  plan: planOf(parseScript(JSON.stringify(script)).script!),
  sources: [{ connection: connection('a'), tables: ['a.public.t'] }],
  target: { connection: connection('b'), table: 'b.public.t' },
  ...{ filesRoots: [], scratchDir: '', writer: 'w', fence: '1' },
};
const source: RowSource = {
  ...{ columns: [], parts: [], rowsAbout: null, fast: {} },
  explain: (error) => error as Error,
};
const sink = {
  ...{ pairs: [], explain: (error: unknown) => error as Error },
  ...{ write: async () => undefined, takeFast: async () => 3 },
};

function given({ commits }: { commits: boolean }) {
  const writer: WriteRows = {
    committed: async () => null,
    write: async (_, feed) => {
      const totals = await feed(sink);
      if (!commits) throw new Error('the target refuses');
      return totals;
    },
  };
  jest.mocked(writerOf).mockReturnValue(writer);
  jest.mocked(readerOf).mockReturnValue(async (_, use) => {
    await use(source);
    throw new Error('the source has gone');
  });
}

const copied = () => copyRows(request, () => undefined, new AbortController().signal);

it('a source that breaks when all rows are committed fails nothing', async () => {
  given({ commits: true });
  expect(await copied()).toMatchObject({ rows: 3, rowsRead: 3 });
});

it('before that, what went wrong first is told', async () => {
  given({ commits: false });
  await expect(copied()).rejects.toThrow('target b.public.t: the target refuses');
});
