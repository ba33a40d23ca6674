/** Tools that people move rows with, beside ours: sling and dlt. Their target is `moved.source`. */
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { providePython } from '../id-mapping/python';
import { print } from '../support/perform';
import type { SyncData } from './data';
import { duckdbFile, type Command, type SyncPair } from './places';

export const toolNames = ['sling', 'dlt'] as const;
export type ToolName = (typeof toolNames)[number];

export interface Tools {
  python: string;
  sling: string;
  versions: Record<string, string>;
}

/** Why a tool is not measured. */
const cannot: Partial<Record<ToolName, Partial<Record<SyncPair, string>>>> = {
  sling: {
    'pg-duckdb': 'it writes by a command line of DuckDB that it downloads from GitHub as it runs',
  },
};

export const reasonWithout = (tool: ToolName, pair: SyncPair): string | null =>
  cannot[tool]?.[pair] ?? null;

/** @returns why there are none, in a sentence, where they cannot be installed here */
export function provideTools(base: string): Tools | string {
  try {
    const file = path.join(__dirname, 'requirements-tools.txt');
    const { executable, versions } = providePython(base, file);
    const code = 'import sling_linux_amd64; print(sling_linux_amd64.SLING_BIN)';
    const sling = execFileSync(executable, ['-c', code], { encoding: 'utf8' }).trim();
    chmodSync(sling, 0o755);
    return { python: executable, sling, versions };
  } catch (error) {
    return `they cannot be installed here: ${(error as Error).message.split('\n', 1)[0]!}`;
  }
}

/** Says which tools are not measured, and why. */
export function printMissing(pairs: readonly SyncPair[], tools: Tools | string): void {
  if (typeof tools === 'string') {
    print(`sling and dlt are not measured: ${tools}`);
    return;
  }
  for (const tool of toolNames) {
    for (const pair of pairs) {
      const reason = reasonWithout(tool, pair);
      if (reason !== null) print(`${pair}: ${tool} is not measured: ${reason}`);
    }
  }
}

/**
 * @param scratchDir takes all that it keeps
 * @returns the command with what it needs of the environment
 */
export function toolCommand(
  tool: ToolName,
  pair: SyncPair,
  data: SyncData,
  tools: Tools,
  scratchDir: string,
): { command: Command; env: NodeJS.ProcessEnv } {
  return tool === 'sling'
    ? slingCommand(pair, data, tools.sling, scratchDir)
    : { command: dltCommand(pair, data, tools.python, scratchDir), env: {} };
}

function dltCommand(
  pair: SyncPair,
  { url, filesDir }: SyncData,
  python: string,
  scratchDir: string,
): Command {
  const script = path.join(__dirname, 'peers', 'dlt_copy.py');
  const source = pair === 'csv-pg' ? path.join(filesDir, 'source.csv') : url;
  const target = pair === 'pg-duckdb' ? duckdbFile(filesDir) : url;
  return [python, script, pair, source, target, scratchDir];
}

function slingCommand(
  pair: SyncPair,
  { url, filesDir }: SyncData,
  sling: string,
  scratchDir: string,
): { command: Command; env: NodeJS.ProcessEnv } {
  const server = `${url.replace('postgres://', 'postgresql://')}?sslmode=disable`;
  const source =
    pair === 'csv-pg'
      ? [
          ...['--src-stream', `file://${path.join(filesDir, 'source.csv')}`],
          // Else what is missing becomes an empty text.
          ...['--src-options', '{"empty_as_null": true}'],
        ]
      : ['--src-conn', 'FROM_SERVER', '--src-stream', 'public.source'];
  const target = ['--tgt-conn', 'INTO_SERVER', '--tgt-object', 'moved.source'];
  return {
    command: [sling, 'run', ...source, ...target, '--mode', 'full-refresh'],
    env: {
      ...{ FROM_SERVER: server, INTO_SERVER: server, SLING_DISABLE_TELEMETRY: 'TRUE' },
      ...{ HOME: scratchDir, SLING_HOME_DIR: scratchDir },
    },
  };
}
