import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { makeDatabase } from '../support/servers/databases';

describe('the servers of a jest run', () => {
  test('each database is empty and its own', async () => {
    const [one, other] = await Promise.all([makeDatabase(), makeDatabase()]);
    const client = new Client({ connectionString: one.url });
    await client.connect();
    const { rows } = await client.query<{ n: number }>(
      "select count(*)::int as n from pg_tables where schemaname = 'public'",
    );
    await client.end();
    await Promise.all([one.drop(), other.drop()]);
    expect(rows).toEqual([{ n: 0 }]);
    expect(one.url).not.toBe(other.url);
    const gone = new Client({ connectionString: one.url });
    await expect(gone.connect()).rejects.toThrow('does not exist');
  });

  test('Temporal keeps closed runs of the namespace for a year', async () => {
    const connection = await Connection.connect({ address: process.env.TEST_TEMPORAL_ADDRESS });
    const { config } = await connection.workflowService.describeNamespace({
      namespace: 'tablegate',
    });
    await connection.close();
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(365 * 24 * 60 * 60);
  });
});
