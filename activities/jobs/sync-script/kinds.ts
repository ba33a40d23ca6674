/** What reads and writes each kind of connection, loaded when it is needed: drivers take their time. */
import type { ReadRows, WriteRows } from '../../../connectors/transfer';
import type { SyncKind } from '../../../model/script-schema';

const duckdb = {
  read: () =>
    require('../../../connectors/duckdb/read-rows') as typeof import('../../../connectors/duckdb/read-rows'),
  write: () =>
    require('../../../connectors/duckdb/write-rows') as typeof import('../../../connectors/duckdb/write-rows'),
};
const files = {
  read: () =>
    require('../../../connectors/files/read-rows') as typeof import('../../../connectors/files/read-rows'),
  write: () =>
    require('../../../connectors/files/write-rows') as typeof import('../../../connectors/files/write-rows'),
};
const postgres = {
  read: () =>
    require('../../../connectors/postgres/read-rows') as typeof import('../../../connectors/postgres/read-rows'),
  write: () =>
    require('../../../connectors/postgres/write-rows') as typeof import('../../../connectors/postgres/write-rows'),
};
const mysql = {
  read: () =>
    require('../../../connectors/mysql/read-rows') as typeof import('../../../connectors/mysql/read-rows'),
  write: () =>
    require('../../../connectors/mysql/write-rows') as typeof import('../../../connectors/mysql/write-rows'),
};

const readers: Record<SyncKind, () => ReadRows> = {
  duckdb: () => duckdb.read().readDuckdbRows,
  files: () => files.read().readFileRows,
  postgres: () => postgres.read().readPostgresRows,
  mysql: () => mysql.read().readMysqlRows,
};

const writers: Record<SyncKind, () => WriteRows> = {
  duckdb: () => duckdb.write().writeDuckdbRows,
  files: () => files.write().writeFileRows,
  postgres: () => postgres.write().writePostgresRows,
  mysql: () => mysql.write().writeMysqlRows,
};

export const readerOf = (kind: SyncKind): ReadRows => readers[kind]();
export const writerOf = (kind: SyncKind): WriteRows => writers[kind]();
