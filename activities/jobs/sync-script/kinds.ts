/** What reads and writes each kind of connection, loaded when it is needed: drivers take their time. */
import type { ReadRows, WriteRows } from '../../../connectors/transfer';
import type { SyncKind } from '../../../model/script-schema';

const readers: Record<SyncKind, () => Promise<ReadRows>> = {
  duckdb: async () => (await import('../../../connectors/duckdb/read-rows')).readDuckdbRows,
  files: async () => (await import('../../../connectors/files/read-rows')).readFileRows,
  postgres: async () => (await import('../../../connectors/postgres/read-rows')).readPostgresRows,
  mysql: async () => (await import('../../../connectors/mysql/read-rows')).readMysqlRows,
};

const writers: Record<SyncKind, () => Promise<WriteRows>> = {
  duckdb: async () => (await import('../../../connectors/duckdb/write-rows')).writeDuckdbRows,
  files: async () => (await import('../../../connectors/files/write-rows')).writeFileRows,
  postgres: async () => (await import('../../../connectors/postgres/write-rows')).writePostgresRows,
  mysql: async () => (await import('../../../connectors/mysql/write-rows')).writeMysqlRows,
};

export const readerOf = (kind: SyncKind): Promise<ReadRows> => readers[kind]();
export const writerOf = (kind: SyncKind): Promise<WriteRows> => writers[kind]();
