/** Starts a module of ours as a child process, from the build as from source. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** What a computation needs of the environment; keys and passwords are not among it. */
const passedOn = [
  ...['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_OPTIONS'],
  // Whether a computation does without C code of ours.
  'TABLEGATE_ADDON',
];

/**
 * Fewer arenas, of glibc and of the allocator within DuckDB: what one thread gives back is used by the
 * others. With one for each thread, a child takes the more the longer it runs.
 */
const fewArenas = { MALLOC_ARENA_MAX: '2', DUCKDB_JE_MALLOC_CONF: 'narenas:1' };

/** What a child may have of memory. */
export interface ChildMemory {
  /** Bound of its JavaScript heap; left out: Node's own. */
  heapMiB?: number;
  /** Threads share what they have given back. */
  fewArenas?: boolean;
  /** The child may say when what it has let go of is to be freed (`gc`). */
  freesWhenAsked?: boolean;
}

/**
 * @param modulePath absolute, without extension
 * @returns the child; messages go by IPC, its standard error is piped
 */
export function forkEntry(modulePath: string, memory: ChildMemory = {}): ChildProcess {
  const { heapMiB, freesWhenAsked } = memory;
  const fromSource = __filename.endsWith('.ts');
  const execArgv = [
    ...(fromSource ? ['--require', path.join(__dirname, 'from-source.cjs')] : []),
    ...(heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`]),
    ...(freesWhenAsked ? ['--expose-gc'] : []),
  ];
  const env = Object.fromEntries(
    passedOn.flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  return fork(`${modulePath}${fromSource ? '.ts' : '.js'}`, [], {
    execArgv,
    env: { ...env, ...(memory.fewArenas && fewArenas) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
}
