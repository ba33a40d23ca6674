/** What reads and writes each kind of connection. */
import { readDuckdbRows } from '../../../connectors/duckdb/read-rows';
import { writeDuckdbRows } from '../../../connectors/duckdb/write-rows';
import { readFileRows } from '../../../connectors/files/read-rows';
import { writeFileRows } from '../../../connectors/files/write-rows';
import { readMysqlRows } from '../../../connectors/mysql/read-rows';
import { writeMysqlRows } from '../../../connectors/mysql/write-rows';
import { readPostgresRows } from '../../../connectors/postgres/read-rows';
import { writePostgresRows } from '../../../connectors/postgres/write-rows';
import type { ReadRows, WriteRows } from '../../../connectors/transfer';
import type { SyncKind } from '../../../model/script-schema';

export const readers: Record<SyncKind, ReadRows> = {
  duckdb: readDuckdbRows,
  files: readFileRows,
  postgres: readPostgresRows,
  mysql: readMysqlRows,
};

export const writers: Record<SyncKind, WriteRows> = {
  duckdb: writeDuckdbRows,
  files: writeFileRows,
  postgres: writePostgresRows,
  mysql: writeMysqlRows,
};
