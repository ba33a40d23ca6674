/** `npm run bench -- <name>`: one benchmark, all sides in turn, on servers of its own where it needs any. */
import { Command, Option } from 'commander';
import { explain } from '../cli/console';
import { backfillBenchmark, cellsOfYear, type BackfillOptions } from './backfill/benchmark';
import { batchUpdateBenchmark, type BatchUpdateOptions } from './batch-update/benchmark';
import { herdBenchmark, type HerdOptions } from './herd/benchmark';
import { idMappingBenchmark, type IdMappingOptions } from './id-mapping/benchmark';
import { responsiveBenchmark } from './id-mapping/responsive';
import { scaleBenchmark } from './id-mapping/scale';
import { latencyBenchmark, type LatencyOptions } from './latency';
import { metadataBenchmark, metadataParts, type MetadataOptions } from './metadata/benchmark';
import { syncBenchmark, type SyncOptions } from './sync/benchmark';
import { memoryBenchmark } from './sync/memory';
import { syncPairs } from './sync/places';
import { mostPairs, wholeNumber } from './support/options';
import { perform, performAlone } from './support/perform';

const program = new Command('npm run bench --')
  .description(
    'Measures Tablegate beside bare workflows on the same Temporal, and ID mapping beside other ' +
      'tools. One at a time.',
  )
  .showHelpAfterError();

function command(name: string, pairs = 5): Command {
  return program
    .command(name)
    .option('--pairs <n>', 'measurements of each side, in turn', wholeNumber(1, mostPairs), pairs)
    .option('--profile <folder>', 'write CPU profiles of both servers into this folder');
}

command('backfill')
  .description(
    'hourly instances of a job that does nothing, 16 at a time: pairs of a smaller size, as those ' +
      'of a year take long, and one whole year by each side at the end',
  )
  .option('--cells <n>', 'instances of each measurement', wholeNumber(20, cellsOfYear), 1_000)
  .option(
    '--full <n>',
    'instances of the one long run; 0: none',
    wholeNumber(0, cellsOfYear),
    cellsOfYear,
  )
  .action((options: BackfillOptions) => perform(backfillBenchmark(options)));

command('batch-update')
  .description('one call that changes many tasks, beside as many Updates of bare workflows')
  .option('--tasks <n>', 'tasks, and bare workflows', wholeNumber(10, 1_000), 1_000)
  .action((options: BatchUpdateOptions) => perform(batchUpdateBenchmark(options)));

command('herd')
  .description('recurring tasks due in the same second, beside Schedules that start workflows')
  .option('--size <n>', 'tasks, and Schedules', wholeNumber(10, 5_000), 1_000)
  .option('--apart <minutes>', 'minutes between two instants', wholeNumber(1, 10), 2)
  .action((options: HerdOptions) => perform(herdBenchmark(options)));

command('latency')
  .description('from the last trigger call to the first line of the job, on an idle system')
  .option('--rounds <n>', 'rounds of each side, spread over the pairs', wholeNumber(5, 2000), 60)
  .action((options: LatencyOptions) => perform(latencyBenchmark(options)));

program
  .command('id-mapping')
  .description(
    'users out of four tables, beside pandas + scipy and beside DuckDB that only tells the IDs ' +
      'apart; each side a process of its own, all results compared',
  )
  .option('--rows <n>', 'rows of all tables', wholeNumber(10_000, 20_000_000), 10_000_000)
  .option('--pairs <n>', 'measurements of each side, in turn', wholeNumber(1, mostPairs), 5)
  .option('--python <command>', 'what the environment of the peers is made with', 'python3')
  .option('--with-splink', 'measure the clustering of Splink too', false)
  .addOption(
    new Option('--scale', 'in place of the peers: a tenth of the rows, all, and five times as many')
      .default(false)
      .conflicts(['responsive', 'withSplink']),
  )
  .addOption(
    new Option('--responsive', 'in place of the peers: calls to a server that runs the job')
      .default(false)
      .conflicts(['withSplink']),
  )
  .action(({ scale, responsive, ...options }: IdMappingOptions & Modes) => {
    if (responsive) return perform(responsiveBenchmark(options));
    return performAlone(scale ? scaleBenchmark(options) : idMappingBenchmark(options));
  });

program
  .command('metadata')
  .description(
    'collecting tables of PostgreSQL, profiling some and searching the catalogue, beside bare ' +
      'queries, the statements alone, and a catalogue of a hundredth as many columns',
  )
  .option('--tables <n>', 'tables of 20 columns that are collected', wholeNumber(1, 20_000), 1_000)
  .option('--profiled-tables <n>', 'tables that are profiled', wholeNumber(1, 1_000), 20)
  .option('--profiled-rows <n>', 'rows of each', wholeNumber(1_000, 5_000_000), 200_000)
  .option('--columns <n>', 'columns that are searched', wholeNumber(2_000, 1_000_000), 100_000)
  .option('--pairs <n>', 'measurements of each side, in turn', wholeNumber(1, mostPairs), 5)
  .addOption(new Option('--only <part>', 'one of the parts').choices(metadataParts))
  .action((options: MetadataOptions) => performAlone(metadataBenchmark(options)));

program
  .command('sync')
  .description(
    'rows moved by sync scripts, beside psql and beside ADBC: PostgreSQL to PostgreSQL, CSV to ' +
      'PostgreSQL, PostgreSQL to DuckDB; each side a process of its own',
  )
  .option('--rows <n>', 'rows of 10 columns', wholeNumber(1_000, 20_000_000), 5_000_000)
  .option('--pairs <n>', 'measurements of each side, in turn', wholeNumber(1, mostPairs), 3)
  .addOption(new Option('--only <copy>', 'one of the copies').choices(syncPairs))
  .option('--python <command>', 'what the environment of ADBC is made with', 'python3')
  .option('--psql <command>', 'the client of PostgreSQL', 'psql')
  .option('--tools', 'measure sling and dlt too, each where it can do that', false)
  .addOption(
    new Option('--memory', 'in place of the peers: the memory of ours at 1 and 10 million rows')
      .default(false)
      .conflicts(['tools', 'rows', 'pairs']),
  )
  .action(({ memory, ...options }: SyncOptions & { memory: boolean }) =>
    performAlone(memory ? memoryBenchmark(options) : syncBenchmark(options)),
  );

interface Modes {
  scale: boolean;
  responsive: boolean;
}

program.parseAsync(process.argv).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The benchmark failed: ${explain(error)}\n`);
    process.exit(1);
  },
);
