/** Connections to the MariaDB of the run by a user who sees only the databases of one test. */
import { randomBytes } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { openConnection } from '../../../connectors';
import type { Connection } from '../../../connectors/connector';
import { mysqlServer } from '../../support/servers/mariadb';
import type { Sandbox } from './sandbox';

export interface OpenedMysql {
  connection: Connection;
  config: { host: string; port: number; database: string; user: string; password: string };
  /** What the names of this test's databases begin with; `<prefix>main` is there. */
  prefix: string;
  /** What the server's certificate for `localhost` is verified by. */
  ca: string;
  /** Runs a statement beside the connection, as a user who may do everything. */
  sql(text: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** @param statementsOf make what is to be in the database of that name */
export async function openMysql(
  sandbox: Sandbox,
  statementsOf: (schema: string) => string[],
  change: Record<string, unknown> = {},
): Promise<OpenedMysql> {
  const { host, port, user, password, ca } = await mysqlServer();
  const admin = await createConnection({ host, port, user, password });
  const prefix = `t${randomBytes(5).toString('hex')}_`;
  const own = { user: prefix.slice(0, -1), password: randomBytes(12).toString('hex') };
  const database = `${prefix}main`;
  const statements = [
    `CREATE DATABASE \`${database}\``,
    `CREATE USER '${own.user}'@'%' IDENTIFIED BY '${own.password}'`,
    `GRANT ALL ON \`${prefix.replace('_', '\\_')}%\`.* TO '${own.user}'@'%'`,
    `GRANT ALL ON tablegate.* TO '${own.user}'@'%'`,
  ];
  statements.push(`USE \`${database}\``, ...statementsOf(database));
  for (const statement of statements) await admin.query(statement);
  const config = { host, port, database, ...own };
  const connection = openConnection(
    { type: 'mysql', config: { ...config, ...change } },
    sandbox.context,
  );
  return {
    ...{ connection, config, prefix, ca },
    sql: async (text) => (await admin.query<RowDataPacket[]>(text))[0],
    close: async () => {
      await connection.close();
      const [names] = await admin.query<RowDataPacket[]>(
        `SELECT schema_name AS name FROM information_schema.schemata
         WHERE schema_name LIKE '${prefix.replace('_', '\\_')}%'`,
      );
      for (const { name } of names) await admin.query(`DROP DATABASE \`${name as string}\``);
      await admin.query(`DROP USER '${own.user}'@'%'`);
      await admin.end();
    },
  };
}
