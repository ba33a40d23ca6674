/** What is measured: each side a program of its own, from its start to its end. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { measureProcess, type MeasuredRun } from '../support/measured-process';
import type { DataSet } from './data-set';

/** `limit` finds no users: nothing that reads, tells apart and writes the IDs is faster. */
export type Peer = 'limit' | 'pandas' | 'arrow' | 'splink';
export type SideName = Peer | 'ours';

export interface SideRun extends MeasuredRun {
  /** Distinct IDs in the result. */
  ids: number;
  /** Users in it; null: the side finds none. */
  users: number | null;
  /** Seconds of each step, as the side itself measures them. */
  phases: Record<string, number>;
  /** The next run over the result of this one, on edited data; null for peers, who know none. */
  again: SideRun | null;
}

/** What a program of a side writes to its standard output. */
export interface SideAnswer {
  ids: number;
  users: number | null;
  seconds: Record<string, number>;
}

const scripts: Record<Peer, [string, ...string[]]> = {
  limit: ['distinct_ids.py'],
  pandas: ['connected_users.py', 'pandas'],
  arrow: ['connected_users.py', 'arrow'],
  splink: ['splink_users.py'],
};

/** Name of a table of the data set in results. */
export const tableNameOf = (name: string): string => `data.main.${name}`;

export const peerResultOf = (dir: string, peer: Peer): string => path.join(dir, `${peer}.parquet`);

/** @param dir where its result is put; the former one is removed */
export async function runPeer(
  peer: Peer,
  python: string,
  data: DataSet,
  dir: string,
): Promise<SideRun> {
  const output = peerResultOf(dir, peer);
  rmSync(output, { force: true });
  const request = (scratchDir: string): object => ({
    ...{ output, scratchDir, runId: `bench ${peer}` },
    tables: data.tables.map((table) => ({ ...table, name: tableNameOf(table.name) })),
  });
  const [script, ...args] = scripts[peer];
  const file = path.join(__dirname, 'peers', script);
  return runSide(dir, request, (requestFile) => [python, file, requestFile, ...args]);
}

/**
 * Runs a side on a request, which is handed over in a file.
 * @param requestOf is given a folder that is removed at the end
 */
export async function runSide(
  dir: string,
  requestOf: (scratchDir: string) => object,
  commandOf: (requestFile: string) => [string, ...string[]],
): Promise<SideRun> {
  const scratchDir = path.join(dir, 'scratch');
  const requestFile = path.join(dir, 'request.json');
  mkdirSync(scratchDir);
  writeFileSync(requestFile, JSON.stringify(requestOf(scratchDir)));
  // What was written before is on the disk, so that nobody pays for others.
  execFileSync('sync');
  try {
    const [command, ...args] = commandOf(requestFile);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
    const { run, output } = await measureProcess(command, args, env);
    const { ids, users, seconds } = JSON.parse(output) as SideAnswer;
    return { ...run, ids, users, phases: seconds, again: null };
  } finally {
    rmSync(scratchDir, { recursive: true });
  }
}
