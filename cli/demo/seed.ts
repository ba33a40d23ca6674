/** The demo task: four tables of generated people, and one task that waits for them. */
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ApiError, type ApiClient } from '../api-client';

export interface DemoSeed {
  taskId: string;
  /** Folder (absolute) of the generated files and of `truth.json`. */
  folder: string;
}

export interface TriggerUrl {
  table: string;
  url: string;
}

export interface SeedOptions {
  api: ApiClient;
  /** Absolute. */
  dataDir: string;
  /** Folder (absolute) that connections may lie in; the demo's files go below it. */
  filesRoot: string;
  log: (line: string) => void;
}

/** Loaded when it is needed: it brings DuckDB with it, which a later start has no use for. */
const loadDemoData = () =>
  require('../../examples/demo-data') as typeof import('../../examples/demo-data');

const connection = 'demo';
const schema = 'main';
const seedFile = (dataDir: string) => path.join(dataDir, 'demo.json');

/** @returns the seed of a data folder; null when it was never seeded */
export async function readSeed(dataDir: string): Promise<DemoSeed | null> {
  const { taskId, folder } = await readState(dataDir);
  return taskId && folder ? { taskId, folder } : null;
}

/** What is known of the seeding; the key is there before anything is made with it. */
interface SeedState extends Partial<DemoSeed> {
  /** The same for every try of one seeding, so that an interrupted one makes no second task. */
  key?: string;
}

async function readState(dataDir: string): Promise<SeedState> {
  const file = seedFile(dataDir);
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as SeedState) : {};
}

async function writeState(dataDir: string, state: SeedState): Promise<void> {
  await writeFile(`${seedFile(dataDir)}.new`, JSON.stringify(state));
  await rename(`${seedFile(dataDir)}.new`, seedFile(dataDir));
}

/** Lets the demo be made again. */
export async function forgetSeed(dataDir: string): Promise<void> {
  await rm(seedFile(dataDir), { force: true });
}

/**
 * Makes the demo task, once for a data folder: whoever removed it does not get it back. A seeding
 * that was interrupted is done to its end by the next one.
 * @throws ApiError when the API refuses a step
 */
export async function seedDemo(options: SeedOptions): Promise<DemoSeed> {
  const { api, dataDir, filesRoot, log } = options;
  const seeded = await readSeed(dataDir);
  if (seeded) return seeded;
  const { key = `demo-${randomUUID()}` } = await readState(dataDir);
  await writeState(dataDir, { key });
  const folder = path.join(filesRoot, connection);
  log('Demo: making its tables and its task');
  const { demoMappings, writeDemoData } = loadDemoData();
  await writeDemoData(folder);
  await api
    .post('/connections', { name: connection, type: 'files', config: { path: folder } })
    .catch(unlessThere);
  const tables = Object.entries(demoMappings);
  for (const [table, columns] of tables) {
    await api.put(`/tables/${encodeURIComponent(nameOf(table))}/id-mapping`, { columns });
  }
  const body = {
    name: 'Demo: one user per person',
    description: 'Waits for four tables, then finds out which of their IDs belong to one person',
    kind: 'triggered',
    tables: tables.map(([table]) => nameOf(table)),
    job: { type: 'id-mapping', config: {} },
  };
  const task = await api.post<{ id: string }>('/tasks', body, key);
  const seed = { taskId: task.id, folder };
  await writeState(dataDir, { key, ...seed });
  return seed;
}

/** The trigger URLs of the demo task; null when somebody has removed it. */
export async function demoTriggerUrls(
  api: ApiClient,
  { taskId }: DemoSeed,
): Promise<TriggerUrl[] | null> {
  try {
    return (await api.get<{ items: TriggerUrl[] }>(`/tasks/${taskId}/trigger-urls`)).items;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return null;
    throw error;
  }
}

const nameOf = (table: string) => `${connection}.${schema}.${table}`;

/** An interrupted seeding has made it already. */
function unlessThere(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'nameTaken') throw error;
}
