import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { cacheDirOf } from '../../cli/launcher/cache-dir';
import { nextFreePort } from '../../cli/launcher/free-port';
import { provideTemporal } from '../../cli/launcher/provide-temporal';
import {
  startTemporal,
  stopTemporal,
  type TemporalServer,
  type TemporalServerOptions,
} from '../../cli/launcher/temporal-server';

let dir = '';
let executable = '';
let options: TemporalServerOptions;
let running: TemporalServer | undefined;

beforeAll(async () => {
  const { env } = process;
  executable = await provideTemporal({ cacheDir: cacheDirOf(env), env, log: () => {} });
});
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'temporal-server-'));
  const port = await nextFreePort(27_233 + (process.pid % 500));
  options = {
    executable,
    dbFile: path.join(dir, 'data', 'temporal.db'),
    port,
    uiPort: await nextFreePort(port + 1),
    logFile: path.join(dir, 'temporal.log'),
    env: process.env,
  };
});
afterEach(async () => {
  if (running) await stopTemporal(running.child);
  running = undefined;
  await rm(dir, { recursive: true, force: true });
});

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: running?.address });
  try {
    return await work(new Client({ connection, namespace: 'tablegate' }));
  } finally {
    await connection.close();
  }
}

describe('the embedded Temporal', () => {
  test('keeps what it has taken over a kill', async () => {
    running = await startTemporal(options);
    await withClient(async ({ workflow }) => {
      const handle = await workflow.start('nobodyRunsThis', { taskQueue: 'q', workflowId: 'kept' });
      await handle.signal('marked', { table: 'a' });
    });
    await running.child.stop('SIGKILL', 0);
    running = await startTemporal(options);
    const history = await withClient(({ workflow }) => workflow.getHandle('kept').fetchHistory());
    const signals = history.events?.filter(
      (event) => event.workflowExecutionSignaledEventAttributes,
    );
    expect(signals).toHaveLength(1);
  });

  test('serves its UI beside it', async () => {
    running = await startTemporal(options);
    const answer = await fetch(`${running.uiUrl}/namespaces/tablegate/workflows`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<html');
  });

  test('sets a database aside that a first start left half made', async () => {
    mkdirSync(path.dirname(options.dbFile));
    writeFileSync(options.dbFile, '');
    running = await startTemporal(options);
    expect(readFileSync(`${options.dbFile}.incomplete`, 'utf8')).toBe('');
    expect(existsSync(`${options.dbFile}.complete`)).toBe(true);
  });

  test('does not see the settings that clients of another Temporal have', async () => {
    const env = { ...process.env, TEMPORAL_ADDRESS: '127.0.0.1:9', TEMPORAL_PROFILE: 'nobody' };
    running = await startTemporal({ ...options, env });
    expect(await withClient(({ workflow }) => workflow.count())).toMatchObject({ count: 0 });
  });

  test('says when it cannot start, and where to read why', async () => {
    mkdirSync(options.dbFile, { recursive: true });
    writeFileSync(`${options.dbFile}.complete`, '');
    await expect(startTemporal(options)).rejects.toThrow(
      /^Temporal ended at its start \(code 1\), see .*temporal\.log$/,
    );
  });

  test('is ended when the start is given up', async () => {
    const stop = new AbortController();
    stop.abort(new Error('given up'));
    const pidFile = path.join(dir, 'temporal.json');
    await expect(startTemporal({ ...options, pidFile, signal: stop.signal })).rejects.toThrow(
      'given up',
    );
    // It is removed when the process has ended.
    expect(existsSync(pidFile)).toBe(false);
  });
});
