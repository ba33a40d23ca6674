/** The same two tables in every kind: people with awkward names and values, and an empty one. */
import path from 'node:path';
import { openConnection } from '../../../connectors';
import type { Connection } from '../../../connectors/connector';
import { openPostgres } from './postgres';
import { openMysql } from './mysql';
import { runSql, type Sandbox } from './sandbox';

export const people = [
  ['0013800000000', 'O\'Hara "Q"', '王小明'],
  ['007', null, 'ßÇ, new\nline'],
];
export const awkward = '客户 "表" 1';

export interface Opened {
  connection: Connection;
  /** Where the two tables are. */
  schema: string;
  /** Where results go; it is not there yet. */
  made: string;
  close?(): Promise<void>;
}

export interface Kind {
  type: string;
  writes: boolean;
  /** Type of a column of texts, in the words of the source. */
  text: string;
  /** Names that differ in the case of A to Z are one name. */
  foldsNames: boolean;
  open(sandbox: Sandbox): Promise<Opened>;
}

const inMain = { schema: 'main', made: 'made here' };

async function openFiles(sandbox: Sandbox): Promise<Opened> {
  const rows = '0013800000000,"O\'Hara ""Q""",王小明\n007,,"ßÇ, new\nline"\n';
  sandbox.write(`shop/${awkward}.csv`, `phone,full name,名\n${rows}`);
  const file = path.join(sandbox.root, 'shop', 'empty.parquet');
  await runSql(':memory:', `COPY (SELECT '1' AS id WHERE false) TO '${file}' (FORMAT parquet)`);
  const config = { path: `${sandbox.root}/shop` };
  const connection = openConnection({ type: 'files', config }, sandbox.context);
  return { connection, ...inMain };
}

async function openDuckdb(sandbox: Sandbox): Promise<Opened> {
  const file = path.join(sandbox.root, 'shop.duckdb');
  await runSql(
    file,
    `CREATE TABLE "${awkward.replaceAll('"', '""')}" (phone VARCHAR, "full name" VARCHAR, "名" VARCHAR)`,
    `INSERT INTO "${awkward.replaceAll('"', '""')}" VALUES
       ('0013800000000', 'O''Hara "Q"', '王小明'), ('007', NULL, 'ßÇ, new\nline')`,
    'CREATE TABLE empty (id VARCHAR)',
  );
  const connection = openConnection({ type: 'duckdb', config: { path: file } }, sandbox.context);
  return { connection, ...inMain };
}

let fakes = 0;

async function openFake(sandbox: Sandbox): Promise<Opened> {
  const columns = ['phone', 'full name', '名'].map((name) => ({ name, type: 'VARCHAR' }));
  const tables = {
    [`main.${awkward}`]: { columns, rows: people },
    'main.empty': { columns: [{ name: 'id', type: 'VARCHAR' }], rows: [] },
  };
  fakes += 1;
  const config = { name: `shared-suite-${fakes}`, tables };
  const connection = openConnection({ type: 'fake', config }, sandbox.context, { fake: true });
  return { connection, ...inMain };
}

async function openPostgresShop(sandbox: Sandbox): Promise<Opened> {
  const table = `main."${awkward.replaceAll('"', '""')}"`;
  const { connection, close } = await openPostgres(sandbox, [
    'CREATE SCHEMA main',
    `CREATE TABLE ${table} (phone varchar, "full name" varchar, "名" varchar)`,
    `INSERT INTO ${table} VALUES
       ('0013800000000', 'O''Hara "Q"', '王小明'), ('007', NULL, E'ßÇ, new\nline')`,
    'CREATE TABLE main.empty (id varchar)',
  ]);
  return { connection, ...inMain, close };
}

async function openMysqlShop(sandbox: Sandbox): Promise<Opened> {
  const { connection, close, prefix } = await openMysql(sandbox, (schema) => {
    const table = `\`${schema}\`.\`${awkward}\``;
    return [
      `CREATE TABLE ${table} (phone varchar(50), \`full name\` varchar(50), \`名\` varchar(50))`,
      `INSERT INTO ${table} VALUES
         ('0013800000000', 'O''Hara "Q"', '王小明'), ('007', NULL, 'ßÇ, new\\nline')`,
      `CREATE TABLE \`${schema}\`.\`empty\` (id varchar(50))`,
    ];
  });
  return { connection, schema: `${prefix}main`, made: `${prefix}made here`, close };
}

export const kinds: Kind[] = [
  { type: 'files', writes: false, text: 'VARCHAR', foldsNames: true, open: openFiles },
  { type: 'duckdb', writes: true, text: 'VARCHAR', foldsNames: true, open: openDuckdb },
  { type: 'fake', writes: true, text: 'VARCHAR', foldsNames: true, open: openFake },
  {
    type: 'postgres',
    writes: true,
    text: 'character varying',
    foldsNames: false,
    open: openPostgresShop,
  },
  { type: 'mysql', writes: true, text: 'varchar(50)', foldsNames: false, open: openMysqlShop },
];
