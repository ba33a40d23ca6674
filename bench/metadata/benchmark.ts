/** Collecting, profiling and searching metadata, each beside what it cannot be quicker than. */
import { print, type Benchmark } from '../support/perform';
import type { CommonOptions } from '../support/options';
import type { Report } from '../support/report';
import { collectGoal, makeTables, measureCollecting } from './collecting';
import { openPlaces } from './places';
import { makeRows, measureProfiling, profileGoal } from './profiling';
import { measureSearching, searchGoal } from './searching';

export interface MetadataOptions extends CommonOptions {
  tables: number;
  profiledTables: number;
  profiledRows: number;
  columns: number;
}

export function metadataBenchmark(options: MetadataOptions): Benchmark<MetadataOptions, string> {
  return { name: 'metadata', options, limitMs: 45 * 60_000, measure };
}

async function measure(dir: string, options: MetadataOptions): Promise<Report> {
  const { pairs, tables, columns, profiledTables, profiledRows } = options;
  const places = await openPlaces(dir);
  try {
    print(`Making ${tables} tables, and ${profiledTables} of ${profiledRows} rows`);
    await makeTables(places, tables);
    await makeRows(places, profiledTables, profiledRows);
    const collecting = await measureCollecting(dir, places, pairs);
    const profiling = await measureProfiling(dir, places, {
      ...{ pairs, tables: profiledTables, rows: profiledRows },
    });
    const searching = await measureSearching(places, { columns, rounds: pairs * 4 });
    return {
      settings: { ...options, collectGoal, profileGoal, searchGoal, unit: 's, search ms' },
      figures: {
        collecting: collecting.ratio,
        profiling: profiling.ratio,
        searching: { ratio: searching.ratio, worst: searching.worst },
      },
      values: { collecting, profiling, searching },
    };
  } finally {
    await places.stop();
  }
}
