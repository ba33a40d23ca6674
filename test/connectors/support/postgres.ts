/** Connections to a database of a test's own on the PostgreSQL of the run. */
import { Client } from 'pg';
import { openConnection } from '../../../connectors';
import type { Connection } from '../../../connectors/connector';
import { makeDatabase } from '../../support/servers/databases';
import type { Sandbox } from './sandbox';

export interface OpenedPostgres {
  connection: Connection;
  config: { host: string; port: number; database: string; user: string; password: string };
  /** Runs a statement beside the connection. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** @param statements make what is to be in the database */
export async function openPostgres(
  sandbox: Sandbox,
  statements: string[],
  change: Record<string, unknown> = {},
): Promise<OpenedPostgres> {
  const database = await makeDatabase();
  const url = new URL(database.url);
  const client = new Client({ connectionString: database.url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  const config = {
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    user: url.username,
    password: decodeURIComponent(url.password),
  };
  const connection = openConnection(
    { type: 'postgres', config: { ...config, ...change } },
    sandbox.context,
  );
  return {
    connection,
    config,
    sql: async (text) => (await client.query(text)).rows as Record<string, unknown>[],
    close: async () => {
      await connection.close();
      await client.end();
      await database.drop();
    },
  };
}
