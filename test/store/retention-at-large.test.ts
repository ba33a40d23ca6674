/** Deleting what is old from a large store: in batches, each of which touches no more than it deletes. */
import { Client } from 'pg';
import { openTestStore, type OpenedStore } from './support/opened';

const rows = 200_000;
const batch = 5_000;
/** A line comes every minute; what is older than this one is to go. */
const kept = 63_210;
const begin = Date.UTC(2025, 0, 1);
const before = new Date(begin + (rows - kept) * 60_000);
const limits = { ledger: before, records: null, logs: null, audit: null, backfills: null };

let opened: OpenedStore;
let client: Client;
beforeAll(async () => {
  opened = await openTestStore();
  client = new Client({ connectionString: opened.url });
  await client.connect();
  // In an order of their own: what is old lies all over the table.
  await client.query(
    `insert into tablegate.ledger (tenant, task_id, receipt, table_name, at, caller, outcome, version)
    select 't' || nr % 7, 'task', 'r' || nr, 'crm.main.a', $1::timestamptz + nr * interval '1 minute',
      'a caller', 'counted', 1
    from (select nr from generate_series(0, $2::int - 1) as nr order by md5(nr::text)) as shuffled`,
    [new Date(begin).toISOString(), rows],
  );
  await client.query('analyze tablegate.ledger');
});
afterAll(async () => {
  await client.end();
  await opened.close();
});

interface Sent {
  text: string;
  values: unknown[];
}

/** The statement that deletes lines of the ledger, as the store sends it. */
async function deletion(): Promise<Sent> {
  const spy = jest.spyOn(Client.prototype, 'query');
  await opened.store.retention.prune({ ...limits, ledger: new Date(0) }, batch, []);
  const calls = spy.mock.calls as unknown as [string, unknown[]][];
  spy.mockRestore();
  const [text, values] = calls.find(([sent]) =>
    sent.startsWith('delete from "tablegate"."ledger"'),
  )!;
  return { text, values };
}

test('a batch is found by age, whatever else is in the table', async () => {
  const { text } = await deletion();
  const { rows: plan } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [
    ...[before.toISOString(), batch],
  ]);
  const lines = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(lines).toMatch(/Index (Only )?Scan using ledger_age/);
  expect(lines).toContain('Tid Scan');
  expect(lines).not.toContain('Seq Scan');
});

test('two hundred thousand lines go batch by batch, the oldest first, and what is younger stays', async () => {
  const oldest = async (): Promise<number> => {
    const found = await client.query<{ at: Date }>('select min(at) as at from tablegate.ledger');
    return found.rows[0]!.at.getTime();
  };
  const gone: number[] = [];
  for (let last = -1; last !== 0; gone.push(last)) {
    last = (await opened.store.retention.prune(limits, batch, [])).ledger;
    const sum = gone.reduce((all, one) => all + one, last);
    expect(await oldest()).toBe(begin + sum * 60_000);
  }
  const old = rows - kept;
  const whole = Math.floor(old / batch);
  expect(gone).toEqual([...Array<number>(whole).fill(batch), old % batch, 0]);
  const left = await client.query<{ count: number }>('select count(*)::int from tablegate.ledger');
  expect(left.rows[0]!.count).toBe(kept);
});
