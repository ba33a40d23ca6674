/** Collecting, profiling and searching metadata, each beside what it cannot be quicker than. */
import { print, type Benchmark } from '../support/perform';
import type { CommonOptions } from '../support/options';
import type { Report } from '../support/report';
import { collectGoal, measureCollecting } from './collecting';
import { measureMemory, memoryGoal } from './memory';
import { openPlaces, type Places } from './places';
import { measureProfiling, profileGoal } from './profiling';
import { measureSearching, searchGoal } from './searching';

export const metadataParts = ['collecting', 'memory', 'profiling', 'searching'] as const;
export type MetadataPart = (typeof metadataParts)[number];

export interface MetadataOptions extends CommonOptions {
  tables: number;
  profiledTables: number;
  profiledRows: number;
  columns: number;
  only?: MetadataPart;
}

/** One part has a report of its own, so that those of all parts can be made at several times. */
export function metadataBenchmark(options: MetadataOptions): Benchmark<MetadataOptions, string> {
  const name = options.only === undefined ? 'metadata' : `metadata-${options.only}`;
  return { name, options, limitMs: 45 * 60_000, measure };
}

async function measure(dir: string, options: MetadataOptions): Promise<Report> {
  const places = await openPlaces(dir);
  try {
    const values: Record<string, Record<string, unknown>> = {};
    for (const part of options.only === undefined ? metadataParts : [options.only]) {
      print(`Measuring ${part}`);
      values[part] = await parts[part](dir, places, options);
    }
    const goals = { collectGoal, memoryGoal, profileGoal, searchGoal };
    const ratios = Object.entries(values).map(([part, { ratio, worst }]) => [
      part,
      worst === undefined ? ratio : { ratio, worst },
    ]);
    return {
      settings: { ...options, ...goals, unit: 's, search ms, memory MiB' },
      figures: Object.fromEntries(ratios) as Record<string, unknown>,
      values,
    };
  } finally {
    await places.stop();
  }
}

type Measure = (
  dir: string,
  places: Places,
  options: MetadataOptions,
) => Promise<Record<string, unknown>>;

const parts: Record<MetadataPart, Measure> = {
  collecting: measureCollecting,
  memory: (dir, places, { tables, pairs }) =>
    measureMemory(dir, places, { tables, rounds: Math.min(pairs, 3) }),
  profiling: (dir, places, { pairs, profiledTables, profiledRows }) =>
    measureProfiling(dir, places, { pairs, tables: profiledTables, rows: profiledRows }),
  searching: (_, places, { columns, pairs }) =>
    measureSearching(places, { columns, rounds: pairs * 4 }),
};
