/** What moves the rows: our job in a child process as a worker starts it, a peer, or another tool. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { SyncRequest } from '../../activities/jobs/sync-script/messages';
import { planOf } from '../../model/script-plan';
import { scriptSchema } from '../../model/script-schema';
import { measureProcess, type MeasuredRun } from '../support/measured-process';
import type { SyncData } from './data';
import { duckdbFile, type Command, type SyncPair } from './places';
import { toolCommand, type ToolName, type Tools } from './tools';

/** `peer` is the quickest that is known: psql, or ADBC. */
export type SyncSide = 'ours' | 'peer' | ToolName;

export const peerNames: Record<SyncPair, string> = {
  'pg-pg': 'psql COPY | psql COPY, binary',
  'csv-pg': 'psql \\copy',
  'pg-duckdb': 'ADBC, Arrow',
};

export interface Programs {
  psql: string;
  /** Of ADBC; not needed without the pair. */
  python: string;
  /** Left out where they are not measured. */
  tools?: Tools;
}

/** Where a side puts the rows. */
export const targetOf = (side: SyncSide, pair: SyncPair): string => {
  if (side !== 'ours' && side !== 'peer') return 'moved.source';
  return pair === 'pg-duckdb' ? 'copied' : 'target';
};

/** Empties the target, and lets what was written before come to the disk. */
async function makeReady(data: SyncData): Promise<void> {
  rmSync(duckdbFile(data.filesDir), { force: true });
  await data.sql('TRUNCATE target');
  await data.sql('DROP SCHEMA IF EXISTS moved CASCADE');
  await data.sql('CHECKPOINT');
  execFileSync('sync');
}

export async function runSide(
  side: SyncSide,
  pair: SyncPair,
  data: SyncData,
  programs: Programs,
  run: number,
): Promise<MeasuredRun> {
  await makeReady(data);
  const scratchDir = path.join(data.filesDir, 'scratch');
  mkdirSync(scratchDir);
  try {
    const {
      command: [command, ...args],
      env: own,
    } = commandOf(side, pair, data, programs, { scratchDir, run });
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...own };
    return (await measureProcess(command, args, env)).run;
  } finally {
    rmSync(scratchDir, { recursive: true });
  }
}

function commandOf(
  side: SyncSide,
  pair: SyncPair,
  data: SyncData,
  programs: Programs,
  { scratchDir, run }: { scratchDir: string; run: number },
): { command: Command; env: NodeJS.ProcessEnv } {
  switch (side) {
    case 'ours':
      return { command: ourCommand(pair, data, scratchDir, run), env: {} };
    case 'peer':
      return { command: peerCommand(pair, data, programs), env: {} };
    default:
      return toolCommand(side, pair, data, programs.tools!, scratchDir);
  }
}

function ourCommand(pair: SyncPair, data: SyncData, scratchDir: string, run: number): Command {
  const requestFile = path.join(scratchDir, 'request.json');
  writeFileSync(requestFile, JSON.stringify(requestOf(pair, data, scratchDir, run)));
  return [process.execPath, path.join(__dirname, 'run-in-child.cjs'), requestFile];
}

function peerCommand(pair: SyncPair, { url, filesDir }: SyncData, programs: Programs): Command {
  const csv = path.join(filesDir, 'source.csv');
  switch (pair) {
    case 'pg-pg': {
      const out = `"${programs.psql}" "${url}" -q -c 'COPY public.source TO STDOUT (FORMAT binary)'`;
      const into = `"${programs.psql}" "${url}" -q -c 'COPY public.target FROM STDIN (FORMAT binary)'`;
      return ['sh', '-c', `${out} | ${into}`];
    }
    case 'csv-pg':
      return [
        programs.psql,
        url,
        '-q',
        '-c',
        `\\copy public.target FROM '${csv}' (FORMAT csv, HEADER)`,
      ];
    case 'pg-duckdb': {
      const script = path.join(__dirname, 'peers', 'adbc.py');
      return [programs.python, script, url, 'public.source', duckdbFile(filesDir)];
    }
  }
}

const sides = {
  'pg-pg': ['postgresqlreader', 'postgresqlwriter'],
  'csv-pg': ['txtfilereader', 'postgresqlwriter'],
  'pg-duckdb': ['postgresqlreader', 'duckdbwriter'],
} as const;

function requestOf(pair: SyncPair, data: SyncData, scratchDir: string, run: number): SyncRequest {
  const [reader, writer] = sides[pair];
  const { filesDir } = data;
  const isDuckdb = writer === 'duckdbwriter';
  const script = scriptSchema.parse({
    job: {
      content: [
        {
          reader: { name: reader, parameter: { datasource: 'from', table: 'source' } },
          writer: {
            name: writer,
            parameter: {
              datasource: 'into',
              table: isDuckdb ? 'copied' : 'target',
              createTable: isDuckdb,
            },
          },
        },
      ],
    },
  });
  const url = new URL(data.url);
  const postgres = {
    ...{ host: url.hostname, port: Number(url.port), database: url.pathname.slice(1) },
    ...{ user: url.username, password: decodeURIComponent(url.password) },
  };
  const from =
    reader === 'txtfilereader'
      ? { name: 'from', type: 'files', config: { path: filesDir } }
      : { name: 'from', type: 'postgres', config: postgres };
  const into = isDuckdb
    ? { name: 'into', type: 'duckdb', config: { path: duckdbFile(filesDir) } }
    : { name: 'into', type: 'postgres', config: postgres };
  return {
    plan: planOf(script),
    sources: [{ connection: from, tables: ['from.source'] }],
    target: { connection: into, table: 'into.target' },
    ...{ filesRoots: [filesDir], scratchDir, writer: 'bench', fence: String(BigInt(run) << 20n) },
  };
}
