/** A Temporal and a PostgreSQL that the user runs: asked whether they answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { explain } from '../console';
import { externalTemporalOptions } from './external-temporal';

const answerWithinMs = 5_000;
const betweenTriesMs = 1_000;

/** @returns what it is; throws where it does not answer within some seconds */
export async function askOwnPostgres(databaseUrl: string): Promise<string> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: answerWithinMs,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return `your own, version ${rows[0]?.server_version}`;
  } finally {
    await client.end();
  }
}

/** @returns what it is; throws where it does not answer within some seconds, or has no such namespace */
export async function askOwnTemporal(env: NodeJS.ProcessEnv): Promise<string> {
  const { connectionOptions, namespace = 'default' } = externalTemporalOptions(env);
  const connection = await Connection.connect({
    ...connectionOptions,
    connectTimeout: answerWithinMs,
  });
  try {
    await connection.withDeadline(Date.now() + answerWithinMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return `your own at ${connectionOptions.address}, namespace ${namespace}`;
  } finally {
    await connection.close();
  }
}

/**
 * Waits, for a bounded time, for a service that may be on its way up beside us.
 * @param options.name what it is called, and `setting` where the user named it
 * @throws Error that says what does not answer, why, and what to do
 */
export async function untilAnswering(
  ask: () => Promise<string>,
  options: {
    name: string;
    setting: string;
    waitMs: number;
    signal: AbortSignal;
    log: (line: string) => void;
  },
): Promise<void> {
  const { name, setting, waitMs, signal, log } = options;
  const until = Date.now() + waitMs;
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted();
    try {
      return void (await ask());
    } catch (error) {
      const reason = explain(error);
      if (Date.now() >= until) {
        throw new Error(
          `${name} does not answer: ${reason}. Start it, or correct ${setting}; ` +
            `without ${setting} Tablegate brings its own.`,
          { cause: error },
        );
      }
      if (tries === 0) log(`${name}: no answer yet (${reason}); waiting`);
    }
    await sleep(betweenTriesMs, undefined, { signal });
  }
}
