/** The connection on which a process hears of changes: kept, and made again when it is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { changesChannel, openStore, type Store } from '../../store';
import { patience } from '../support/patience';
import { databaseProxy, type DatabaseProxy } from '../support/servers/database-proxy';
import { firstAdmin, newId, openTestStore, tokenDigest, type OpenedStore } from './support/opened';
import { batchOf, sampleTask } from './support/samples';

let opened: OpenedStore;
let proxy: DatabaseProxy;
let store: Store;
const lines: string[] = [];
beforeAll(async () => {
  opened = await openTestStore();
  proxy = await databaseProxy(opened.url);
  store = await openStore(proxy.url, {
    ...{ tokenDigest, log: (line) => lines.push(line), patience },
  });
});
afterAll(async () => {
  await store.close();
  await proxy.close();
  await opened.close();
});

/** What one who listens has heard, in words. */
function listening(to: Store) {
  const heard: string[] = [];
  let look = (): void => undefined;
  const stop = to.changes.listen({
    onChanges: (tenant, changes) => {
      heard.push(...changes.map(({ type, id }) => `${tenant}: ${type} ${id}`));
      look();
    },
    onGap: () => {
      heard.push('gap');
      look();
    },
  });
  const until = (text: string, count = 1) =>
    new Promise<void>((resolve) => {
      look = () => {
        if (heard.filter((one) => one === text).length >= count) resolve();
      };
      look();
    });
  return { heard, stop, until };
}

async function saved(): Promise<string> {
  const task = sampleTask();
  await opened.store.tasks.project(batchOf({ task }));
  return `default: task ${task.id}`;
}

test('two processes hear of what a third changes, and again after the way was cut', async () => {
  const [one, other] = [listening(store), listening(opened.store)];
  await Promise.all([one.until('gap'), other.until('gap')]);
  const first = await saved();
  await Promise.all([one.until(first), other.until(first)]);
  await proxy.cut();
  const missed = await saved();
  await other.until(missed);
  await proxy.mend();
  await one.until('gap', 2);
  const second = await saved();
  await Promise.all([one.until(second), other.until(second)]);
  expect(one.heard).toEqual(['gap', first, 'gap', second]);
  expect(other.heard).toEqual(['gap', first, missed, second]);
  expect(lines.filter((line) => line.includes('changes are'))).toEqual([
    expect.stringMatching(/^changes are not heard of: /),
    'changes are heard of again',
  ]);
  for (const { stop } of [one, other]) stop();
});

test('what others say on the channel is passed over', async () => {
  const one = listening(opened.store);
  const client = new Client({ connectionString: opened.url });
  await client.connect();
  for (const text of ['', 'nonsense', 'null', '{"tenant":1}', '[]']) {
    await client.query('select pg_notify($1, $2)', [changesChannel, text]);
  }
  await client.end();
  const last = await saved();
  await one.until(last);
  expect(one.heard).toEqual([last]);
  one.stop();
});

test('a store that is closed listens no more, also while it tries to connect', async () => {
  const away = await openStore('postgres://nobody@127.0.0.1:1/none', {
    ...{ tokenDigest, log: () => undefined },
  });
  listening(away);
  await sleep(50);
  await away.close();
  const closed = await openStore(opened.url, { tokenDigest, log: () => undefined });
  const one = listening(closed);
  await one.until('gap');
  await closed.close();
  await saved();
  expect(one.heard).toEqual(['gap']);
});

test('what ends the access of somebody is told of at once', async () => {
  const { people, sessions } = opened.store;
  const admin = firstAdmin(newId());
  const { id: tenant } = await people.createTenant({ id: `t-${newId()}`, name: 'A tenant' }, admin);
  const user = await people.createUser(tenant, { id: newId(), name: 'Ada', role: 'operator' });
  const keyId = newId();
  const key = { id: keyId, userId: user.id, name: 'laptop', prefix: 'tg_ab', digest: newId() };
  await people.createKey(tenant, key);
  const session = newId();
  await sessions.begin({ tenant, keyId }, session);
  const { heard, until, stop } = listening(opened.store);
  const access = `${tenant}: access null`;
  const told = (count: number) => until(access, count);
  await sessions.end(session);
  await told(1);
  await people.updateUser(tenant, user.id, { role: 'viewer' });
  await told(2);
  await people.removeKey(tenant, keyId);
  await told(3);
  await people.removeUser(tenant, user.id);
  await told(4);
  stop();
  expect(heard.filter((one) => one.startsWith(tenant))).toEqual(Array(4).fill(access));
});
