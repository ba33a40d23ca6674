/** One run of the demo task, watched from the first trigger call to its record. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiClient } from '../api-client';
import type { TriggerUrl } from './seed';

interface GateTable {
  table: string;
  status: 'Triggered' | 'Not Triggered';
}

interface TaskSeen {
  number: string;
  gate: { tables: GateTable[] } | null;
}

export interface RunSeen {
  id: string;
  status: string;
  startedBy: string;
  startedAt: string | null;
  finishedAt: string | null;
  progress: { fraction: number; text: string } | null;
  failureReason: string | null;
  tables: { table: string; status: string; rowsRead: number | null; error: string | null }[];
  summary: Record<string, unknown> | null;
  temporalUrl: string | null;
}

export interface RunDemoOptions {
  api: ApiClient;
  taskId: string;
  urls: TriggerUrl[];
  say: (line: string) => void;
  signal: AbortSignal;
}

/** The demo's data take seconds; whatever takes longer than this is stuck. */
const runLimitMs = 300_000;
const pollEveryMs = 250;
const ended = ['succeeded', 'failed', 'timedOut', 'cancelled', 'skipped'];

/**
 * Calls every trigger URL in turn, showing the gate fill, and waits for the run.
 * @returns the record of the run, which has ended in whatever way
 * @throws Error when a trigger is refused or no run ends within five minutes
 */
export async function runDemo(options: RunDemoOptions): Promise<RunSeen> {
  const { api, taskId, urls, say } = options;
  await untilNoRunIsLive(options);
  const former = await latestRun(api, taskId);
  await showGate(options, 'The gate before the first call');
  for (const [index, { table, url }] of urls.entries()) {
    say(`\n$ curl ${url}`);
    say(await trigger(url, options.signal));
    await showGate(options, `Call ${index + 1} of ${urls.length}: ${table} has arrived`);
  }
  return untilRunEnded(options, former?.id ?? null);
}

/** Asks for the outcome, so that the gate that is shown next has this call in it. */
async function trigger(url: string, signal: AbortSignal): Promise<string> {
  const answer = await fetch(`${url}?wait=outcome`, { signal });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the trigger was refused with ${answer.status}: ${text}`);
  return text;
}

async function showGate({ api, taskId, say }: RunDemoOptions, title: string): Promise<void> {
  const { gate } = await api.get<TaskSeen>(`/tasks/${taskId}`);
  say(title);
  for (const { table, status } of gate?.tables ?? []) {
    say(`  [${status === 'Triggered' ? 'x' : ' '}] ${table}`);
  }
}

async function latestRun(api: ApiClient, taskId: string): Promise<RunSeen | null> {
  const { items } = await api.get<{ items: RunSeen[] }>(`/tasks/${taskId}/runs?pageSize=1`);
  return items[0] ?? null;
}

/** A demo that was interrupted may have left one running. */
async function untilNoRunIsLive(options: RunDemoOptions): Promise<void> {
  const run = await latestRun(options.api, options.taskId);
  if (!run || ended.includes(run.status)) return;
  options.say('A run of a former demo is still live; waiting for its end');
  await untilEnded(options, (latest) => latest.id === run.id);
}

async function untilRunEnded(options: RunDemoOptions, formerId: string | null): Promise<RunSeen> {
  options.say('\nThe gate is full: the run starts');
  return untilEnded(options, (latest) => latest.id !== formerId);
}

async function untilEnded(
  { api, taskId, say, signal }: RunDemoOptions,
  isIt: (run: RunSeen) => boolean,
): Promise<RunSeen> {
  const deadline = Date.now() + runLimitMs;
  let shown = '';
  while (Date.now() < deadline) {
    const run = await latestRun(api, taskId);
    if (run && isIt(run)) {
      if (ended.includes(run.status)) return run;
      const now = `  ${run.status}${run.progress ? `: ${run.progress.text}` : ''}`;
      if (now !== shown) say(now);
      shown = now;
    }
    await sleep(pollEveryMs, undefined, { signal });
  }
  throw new Error(`the run has not ended after ${runLimitMs / 1000} s`);
}
