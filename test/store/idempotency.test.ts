import { Client } from 'pg';
import { newId, openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
let client: Client;
beforeAll(async () => {
  opened = await openTestStore();
  client = new Client({ connectionString: opened.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await opened.close();
});

const claim = (key: string, digest = 'digest', tenant = 'default') =>
  opened.store.idempotency.claim(tenant, key, digest);
const finish = (key: string, status: number, body: unknown) =>
  opened.store.idempotency.finish('default', key, status, body);

/** As if the key had been claimed that long ago. */
async function age(key: string, interval: string): Promise<void> {
  const text = `update tablegate.idempotency set claimed_at = now() - $2::interval where key = $1`;
  await client.query(text, [key, interval]);
}

describe('an Idempotency-Key', () => {
  test('is claimed by one of many requests that come at once', async () => {
    const key = newId();
    const answers = await Promise.all(Array.from({ length: 30 }, () => claim(key)));
    expect(answers.filter(({ state }) => state === 'fresh')).toHaveLength(1);
    expect(answers.filter(({ state }) => state === 'running')).toHaveLength(29);
  });

  test('gives the answer that was given, its keys in their order', async () => {
    const key = newId();
    await claim(key);
    const body = { z: 1, a: [{ c: null, b: 'two\0' }] };
    await finish(key, 201, body);
    const answer = await claim(key);
    const expected = {
      state: 'done',
      status: 201,
      body: { z: 1, a: [{ c: null, b: 'two\ufffd' }] },
    };
    expect(JSON.stringify(answer)).toBe(JSON.stringify(expected));
  });

  test('keeps an answer without a body', async () => {
    const key = newId();
    await claim(key);
    await finish(key, 204, undefined);
    expect(await claim(key)).toEqual({ state: 'done', status: 204, body: null });
  });

  test('keeps its first answer', async () => {
    const key = newId();
    await claim(key);
    await finish(key, 201, 'first');
    await finish(key, 500, 'second');
    expect(await claim(key)).toEqual({ state: 'done', status: 201, body: 'first' });
  });

  test('cannot be used for another request, neither while the first runs nor after', async () => {
    const key = newId();
    await claim(key);
    expect(await claim(key, 'other')).toEqual({ state: 'other' });
    await finish(key, 200, {});
    expect(await claim(key, 'other')).toEqual({ state: 'other' });
  });

  test('is free for a retry once it is released, and an answered one stays', async () => {
    const [released, answered] = [newId(), newId()];
    await claim(released);
    await opened.store.idempotency.release('default', released);
    expect(await claim(released)).toEqual({ state: 'fresh' });
    await claim(answered);
    await finish(answered, 200, {});
    await opened.store.idempotency.release('default', answered);
    expect(await claim(answered)).toMatchObject({ state: 'done' });
  });

  test('is free when its request has been under way for over a minute, for one other', async () => {
    const key = newId();
    await claim(key);
    await age(key, '59 seconds');
    expect(await claim(key)).toEqual({ state: 'running' });
    await age(key, '61 seconds');
    const answers = await Promise.all([claim(key), claim(key), claim(key)]);
    expect(answers.filter(({ state }) => state === 'fresh')).toHaveLength(1);
  });

  test('keeps its answer for 24 hours and is free then', async () => {
    const key = newId();
    await claim(key);
    await finish(key, 200, 'kept');
    await age(key, '23 hours 59 minutes');
    expect(await claim(key)).toMatchObject({ state: 'done' });
    await age(key, '24 hours 1 minute');
    expect(await claim(key, 'other')).toEqual({ state: 'fresh' });
  });

  test('is of one tenant', async () => {
    const key = newId();
    await claim(key, 'digest', 'one');
    expect(await claim(key, 'another digest', 'other')).toEqual({ state: 'fresh' });
  });

  test('is cleared away after its 24 hours when others are answered', async () => {
    const [expired, recent, next] = [newId(), newId(), newId()];
    await claim(expired);
    await claim(recent);
    await age(expired, '25 hours');
    await claim(next);
    await finish(next, 200, {});
    const { rows } = await client.query(
      'select key from tablegate.idempotency where key = any($1)',
      [[expired, recent, next]],
    );
    expect(rows.map((row: { key: string }) => row.key).toSorted()).toEqual(
      [recent, next].toSorted(),
    );
  });
});
