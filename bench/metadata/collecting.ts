/** A first collection, beside bare queries of the source's catalogue and the store's own bulk write. */
import { Client } from 'pg';
import { openConnection } from '../../connectors';
import type { CollectedTable } from '../../model/catalogue/collected';
import { alivePolicyOf } from '../../model/catalogue/policies';
import type { Store } from '../../store';
import { print } from '../support/perform';
import { inWords, median } from '../support/statistics';
import { inTurns } from '../support/turns';
import type { Places } from './places';
import { connectionName, runJob } from './run-job';

export const collectGoal = 1.5;
const columnsOfTable = 20;
const tablesInStatement = 100;

/** Tables as people have them: keys, indexes, comments on some columns. */
export async function makeTables(places: Places, schema: string, tables: number): Promise<void> {
  await places.sql(`CREATE SCHEMA ${schema}`);
  for (let start = 0; start < tables; start += tablesInStatement) {
    const some = Array.from({ length: Math.min(tablesInStatement, tables - start) }, (_, n) =>
      tableSql(schema, start + n),
    );
    await places.sql(some.join(';\n'));
  }
  await places.sql('ANALYZE');
}

function tableSql(schema: string, nr: number): string {
  const columns = Array.from({ length: columnsOfTable - 1 }, (_, n) => `column_${n} text`);
  return `CREATE TABLE ${schema}.table_${nr} (id bigint PRIMARY KEY, ${columns.join(', ')});
    CREATE INDEX ON ${schema}.table_${nr} (column_1);
    COMMENT ON TABLE ${schema}.table_${nr} IS 'table number ${nr}';
    COMMENT ON COLUMN ${schema}.table_${nr}.column_2 IS '客户手机号'`;
}

/** Everything about all tables, as plain queries: nothing is made of the rows. */
const bareQueries = [
  `SELECT n.nspname, c.relname, c.relkind, c.reltuples, pg_total_relation_size(c.oid),
     obj_description(c.oid, 'pg_class')
   FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = 'many'`,
  `SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
     pg_get_expr(d.adbin, d.adrelid), s.description
   FROM pg_attribute a
   JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   LEFT JOIN pg_description s ON s.objoid = a.attrelid AND s.objsubid = a.attnum
     AND s.classoid = 'pg_class'::regclass
   WHERE n.nspname = 'many' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
  `SELECT i.indrelid, c.relname, i.indisunique, i.indisprimary, pg_get_indexdef(i.indexrelid)
   FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
   JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'many'`,
  `SELECT k.conrelid, k.conname, k.conkey, k.confrelid, k.confkey FROM pg_constraint k
   JOIN pg_namespace n ON n.oid = k.connamespace WHERE k.contype = 'f' AND n.nspname = 'many'`,
];

export async function measureCollecting(
  dir: string,
  places: Places,
  { pairs, tables }: { pairs: number; tables: number },
): Promise<Record<string, unknown>> {
  await makeTables(places, 'many', tables);
  const store = await places.store('collecting');
  const slices = await readSlices(places);
  // One of each that is not counted: code is compiled, caches fill.
  await ours(dir, places, store, 'warm-ours');
  await bare(places, store, slices, 'warm-bare');
  const seconds = await inTurns(pairs, (side, pair) =>
    side === 'ours'
      ? ours(dir, places, store, `ours-${pair}`)
      : bare(places, store, slices, `bare-${pair}`),
  );
  const again = [];
  for (let pair = 0; pair < pairs; pair += 1)
    again.push(await ours(dir, places, store, `ours-${pair}`));
  const ratios = seconds.map((pair) => pair.ours / pair.bare);
  print(
    `collecting: ours ${inWords(seconds.map((pair) => pair.ours))} s, bare ` +
      `${inWords(seconds.map((pair) => pair.bare))} s; ratio ${inWords(ratios)} (at most ` +
      `${collectGoal}); again, nothing changed: ${inWords(again)} s`,
  );
  return { seconds, ratio: median(ratios), again };
}

async function ours(dir: string, places: Places, store: Store, tenant: string): Promise<number> {
  return timed(() => runJob(dir, places, store, tenant, { databases: ['many'] }));
}

/** What the store is given to write, read once. */
async function readSlices(places: Places): Promise<CollectedTable[][]> {
  const connection = openConnection(
    { type: 'postgres', config: places.source },
    { filesRoots: [] },
  );
  const slices: CollectedTable[][] = [];
  const { signal } = new AbortController();
  const request = { databases: ['many'], takes: () => true, signal };
  for await (const { tables } of connection.catalogue().tables(request)) slices.push(tables);
  await connection.close();
  return slices;
}

async function bare(
  places: Places,
  store: Store,
  slices: CollectedTable[][],
  tenant: string,
): Promise<number> {
  return timed(async () => {
    const client = new Client(places.source);
    await client.connect();
    for (const query of bareQueries) await client.query({ text: query, rowMode: 'array' });
    await client.end();
    const collection = { tenant, connection: connectionName, taskId: 'task', runId: 'run' };
    for (const tables of slices) {
      await store.catalogue.collect(collection, tables, alivePolicyOf('3'));
    }
  });
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
