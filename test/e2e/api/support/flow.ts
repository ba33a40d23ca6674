/** Steps that the tests of the API have in common. */
import { writeFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { endedStatuses } from '../../../../model/run';
import type { LedgerEntry, TriggerAnswer } from '../../../../model/trigger';
import type { RunRead, TaskRead, TriggerUrl } from '../../../../scheduling/scheduling';
import type { Installation } from '../../../support/running-server';
import type { TestClient } from '../../../support/test-client';

interface List<Item> {
  items: Item[];
  nextPageToken: string | null;
}

export interface CsvTable {
  name: string;
  /** Text of the file, its first line the columns. */
  csv: string;
  columns: { column: string; idType: string }[];
}

/** Three tables in which Ann is known by phone, mail and member number, and Bob by his phone. */
export const people: CsvTable[] = [
  {
    name: 'customers',
    csv: 'mobile,mail\n0138,Ann@x.org\n0139,\n',
    columns: [
      { column: 'mobile', idType: 'phone' },
      { column: 'mail', idType: 'email' },
    ],
  },
  {
    name: 'orders',
    csv: 'order,mobile\n1, 0138\n2,0139\n',
    columns: [{ column: 'mobile', idType: 'phone' }],
  },
  {
    name: 'members',
    csv: 'member,mail\nM1,ann@x.org\n',
    columns: [
      { column: 'member', idType: 'member_id' },
      { column: 'mail', idType: 'email' },
    ],
  },
];

/** Writes a file of a connection's folder. @returns its path */
export async function writeSource(
  { filesDir }: Pick<Installation, 'filesDir'>,
  connection: string,
  file: string,
  text: string | Uint8Array,
): Promise<string> {
  const target = path.join(filesDir, connection, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
  return target;
}

/** Makes a connection of kind `files` with these tables and their ID mapping. @returns their names */
export async function addTables(
  installation: Pick<Installation, 'filesDir'>,
  api: TestClient,
  connection: string,
  tables: readonly CsvTable[] = people,
): Promise<string[]> {
  for (const { name, csv } of tables) {
    await writeSource(installation, connection, `${name}.csv`, csv);
  }
  const config = { path: path.join(installation.filesDir, connection) };
  await api.post('/connections', { name: connection, type: 'files', config });
  const names = tables.map(({ name }) => `${connection}.main.${name}`);
  for (const [index, { columns }] of tables.entries()) {
    await api.put(`/tables/${names[index]}/id-mapping`, { columns });
  }
  return names;
}

/** A task over the tables, `triggered` and of job `id-mapping` where nothing else is said. */
export function createTask(
  api: TestClient,
  tables: readonly string[],
  settings: Record<string, unknown> = {},
): Promise<TaskRead> {
  return api.post('/tasks', {
    ...{ name: 'Unify', kind: 'triggered', tables, job: { type: 'id-mapping' } },
    ...settings,
  });
}

export const heldTask = (
  api: TestClient,
  tables: readonly string[],
  settings: Record<string, unknown> = {},
): Promise<TaskRead> => createTask(api, tables, { job: { type: 'held' }, ...settings });

/** The task as it is read now: the store's copy where its workflow does not answer in time. */
export const lookAtTask = (api: TestClient, id: string): Promise<TaskRead> =>
  api.get(`/tasks/${id}`);

/** The task as its workflow tells it, which a worker that has just started may do late. */
export const readTask = (api: TestClient, id: string): Promise<TaskRead> =>
  until(
    () => lookAtTask(api, id),
    ({ stale }) => stale !== true,
  );

/** Trigger URLs in the order of the task's tables. */
export async function urlsOf(api: TestClient, id: string): Promise<string[]> {
  const { items } = await api.get<List<TriggerUrl>>(`/tasks/${id}/trigger-urls`);
  return items.map(({ url }) => url);
}

/** Calls trigger URLs one after another; each is taken. @returns what became of each */
export async function trigger(...urls: string[]): Promise<string[]> {
  const outcomes: string[] = [];
  for (const url of urls) {
    const answer = await fetch(`${url}?wait=outcome`);
    const { success } = (await answer.json()) as TriggerAnswer;
    if (!success) throw new Error(`the trigger was refused with ${answer.status}`);
    outcomes.push(answer.headers.get('x-tablegate-outcome') ?? 'unknown');
  }
  return outcomes;
}

export async function runsOf(api: TestClient, id: string): Promise<RunRead[]> {
  return (await api.get<List<RunRead>>(`/tasks/${id}/runs`)).items;
}

/** All of the ledger, newest first. */
export async function ledgerOf(api: TestClient, id: string): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  let token: string | null = '';
  while (token !== null) {
    const page: List<LedgerEntry> = await api.get(
      `/tasks/${id}/triggers?pageSize=1000&pageToken=${encodeURIComponent(token)}`,
    );
    entries.push(...page.items);
    token = page.nextPageToken;
  }
  return entries;
}

/** Each table of the open round with its status. */
export async function gateOf(api: TestClient, id: string): Promise<Record<string, string>> {
  const { gate } = await readTask(api, id);
  return Object.fromEntries((gate?.tables ?? []).map(({ table, status }) => [table, status]));
}

/** Asks until the answer satisfies; the time limit of the test ends what never does. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    await sleep(50);
  }
}

export const isOver = ({ status }: Pick<RunRead, 'status'>): boolean =>
  endedStatuses.some((ended) => ended === status);

/** Waits until the task is idle after so many runs. @returns them, newest first */
export async function untilIdle(api: TestClient, id: string, runs: number): Promise<RunRead[]> {
  await until(
    () => readTask(api, id),
    ({ latestRun }) => latestRun !== null && isOver(latestRun),
  );
  return until(
    () => runsOf(api, id),
    (all) => all.length >= runs && all.every(isOver),
  );
}

/** Collects a connection into the catalogue, with profiles and classes. @returns the task's id */
export async function collectOf(api: TestClient, connection: string): Promise<string> {
  const { id } = await api.post<TaskRead>('/tasks', {
    ...{ name: `Collect ${connection}`, kind: 'manual', tables: [] },
    job: { type: 'metadata-collection', config: { connection, profile: true, classify: true } },
  });
  await startRun(api, id);
  await untilIdle(api, id, 1);
  return id;
}

/** Starts by hand. @returns the record as it was answered */
export const startRun = (api: TestClient, id: string): Promise<RunRead> =>
  api.post(`/tasks/${id}/runs`);

export interface ResultRow {
  one_id: string;
  id_type: string;
  id_value: string;
  first_table: string;
  run_id: string;
}

/** The result in the analysis source of the first tenant. */
export async function resultOf(
  { dataDir }: Pick<Installation, 'dataDir'>,
  output: string,
): Promise<ResultRow[]> {
  const instance = await DuckDBInstance.create(path.join(dataDir, 'files/analysis.duckdb'), {
    access_mode: 'READ_ONLY',
  });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`from ${output} order by id_type, id_value`);
    return reader.getRowObjectsJson() as unknown as ResultRow[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** IDs of each user, as `type:value`. */
export function usersOf(rows: readonly ResultRow[]): string[][] {
  const users = new Map<string, string[]>();
  for (const { one_id, id_type, id_value } of rows) {
    users.set(one_id, [...(users.get(one_id) ?? []), `${id_type}:${id_value}`].toSorted());
  }
  return [...users.values()].toSorted((one, other) => (one.join() < other.join() ? -1 : 1));
}

/** Statuses of answers, lowest first. */
export function statusesOf(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).toSorted((one, other) => one - other);
}
