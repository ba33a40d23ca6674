/** Exact profiles of some tables, beside the statements alone that compute them. */
import { openConnection } from '../../connectors';
import { print } from '../support/perform';
import { inWords, median } from '../support/statistics';
import { inTurns } from '../support/turns';
import { timed } from './collecting';
import type { Places } from './places';
import { runJob } from './run-job';

export const profileGoal = 1.2;

const columns = [
  'id bigint',
  'customer bigint',
  'amount numeric(10, 2)',
  'made_at timestamptz',
  'state text',
  'note text',
] as const;

async function makeRows(places: Places, tables: number, rows: number): Promise<void> {
  await places.sql('CREATE SCHEMA filled');
  for (let nr = 0; nr < tables; nr += 1) {
    await places.sql(
      `CREATE TABLE filled.t${nr} (${columns.join(', ')});
       INSERT INTO filled.t${nr} SELECT n, n % 5000, (n * 37 % 100000) / 100.0,
         '2026-01-01Z'::timestamptz + n * interval '1 minute', 'state ' || n % 7,
         CASE WHEN n % 3 = 0 THEN 'note ' || n % 1000 END FROM generate_series(1, ${rows}) n;
       ANALYZE filled.t${nr}`,
    );
  }
}

export async function measureProfiling(
  dir: string,
  places: Places,
  { pairs, tables, rows }: { pairs: number; tables: number; rows: number },
): Promise<Record<string, unknown>> {
  await makeRows(places, tables, rows);
  const store = await places.store('profiling');
  const ours = (tenant: string) =>
    timed(() =>
      runJob(dir, places, store, tenant, {
        ...{ databases: ['filled'], profile: true, classify: true, profileMode: 'exact' },
      }),
    );
  await bare(places, tables);
  const seconds = await inTurns(pairs, (side, pair) =>
    side === 'ours' ? ours(`ours-${pair}`) : bare(places, tables),
  );
  const ratios = seconds.map((pair) => pair.ours / pair.bare);
  print(
    `profiling ${tables} × ${rows} rows: ours ${inWords(seconds.map((pair) => pair.ours))} s, ` +
      `bare ${inWords(seconds.map((pair) => pair.bare))} s; ratio ${inWords(ratios)} (at most ${profileGoal})`,
  );
  return { seconds, ratio: median(ratios) };
}

async function bare(places: Places, tables: number): Promise<number> {
  return timed(async () => {
    const connection = openConnection(
      { type: 'postgres', config: places.source },
      { filesRoots: [] },
    );
    const { signal } = new AbortController();
    for (let nr = 0; nr < tables; nr += 1) {
      await connection.catalogue().exactProfile({
        ref: { schema: 'filled', table: `t${nr}` },
        columns: columns.map((column) => {
          const [name = '', ...type] = column.split(' ');
          return { name, type: type.join(' ').replace('timestamptz', 'timestamp with time zone') };
        }),
        ...{ kind: 'table' as const, rows: null, scratchDir: '', signal },
      });
    }
    await connection.close();
  });
}
