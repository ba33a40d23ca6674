import path from 'node:path';
import { computeIdMapping } from '../../activities/jobs/id-mapping/compute';
import { Reporter } from '../../activities/jobs/id-mapping/report';
import { Sandbox, runSql } from '../connectors/support/sandbox';
import { bothWays } from './support/both-ways';
import { requestOf } from './support/compute';
import { analysisFile } from './support/run-job';

let sandbox: Sandbox;
beforeEach(() => (sandbox = new Sandbox()));
afterEach(() => sandbox.remove());

/** With four columns these are more cells than are linked in the thread that reads them. */
const rowCount = 130_000;
/** Two rows have one phone. `x` occurs with too many others; `z` does not, though in many cells. */
const rowsSql = `SELECT 'card ' || r AS card, 'phone ' || r // 2 AS phone,
    CASE WHEN r % 350 <> 0 THEN 'device ' || r END AS device,
    CASE WHEN r % 350 = 0 THEN 'z' WHEN r % 100 = 50 THEN 'x' END AS code
  FROM range(${rowCount}) AS numbers(r)`;
const rowsOfZ = Math.ceil(rowCount / 350);

async function run(): Promise<Awaited<ReturnType<typeof computeIdMapping>>> {
  const request = requestOf(sandbox, []);
  const connection = { name: 'crm', type: 'files', config: { path: sandbox.root } };
  const idColumns = ['card', 'phone', 'device', 'code'].map((column) => {
    return { column, idType: column };
  });
  request.tables = [
    { name: 'crm.main.t', connection, ref: { schema: 'main', table: 't' }, idColumns },
  ];
  return computeIdMapping(request, new Reporter(() => undefined), new AbortController().signal);
}

bothWays(() => {
  it('many cells are linked in a thread of their own, with the same users again in the next run', async () => {
    const file = path.join(sandbox.root, 't.parquet');
    await runSql(analysisFile(sandbox), `COPY (${rowsSql}) TO '${file}' (FORMAT parquet)`);
    const first = await run();
    const users = rowCount / 2 - rowsOfZ + 1;
    expect(first).toMatchObject({
      ...{ rowsRead: rowCount, users, changes: null },
      ids: rowCount + rowCount / 2 + (rowCount - rowsOfZ) + 1,
      leftOut: [{ idType: 'code', value: 'x', why: 'shared' }],
      sizes: { largest: 4 * rowsOfZ + 1 },
    });
    const result = `SELECT one_id, id_type, id_value FROM main.id_mapping_42 ORDER BY ALL`;
    const before = await runSql(analysisFile(sandbox), result);
    const second = await run();
    expect(second.changes).toEqual({ new: 0, kept: users, gone: 0, merged: 0, split: 0 });
    expect(await runSql(analysisFile(sandbox), result)).toEqual(before);
  });
});
