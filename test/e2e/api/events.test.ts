/** Hearing of changes over the whole service: two API processes, keys and sessions. */
import type { User } from '../../../model/people';
import { readEvents, type EventReader, type ReadEvent } from '../../support/event-reader';
import { heldJobs } from '../../support/held-job';
import { startServer, type Installation, type TestServer } from '../../support/running-server';
import { heldTask, trigger, urlsOf } from './support/flow';

const jobs = heldJobs();
let installation: Installation;
let server: TestServer;
let other: TestServer;
beforeAll(async () => {
  ({ installation, server } = await startServer({ jobTypes: [jobs.jobType] }));
  other = await installation.start({ jobTypes: [jobs.jobType], roles: { worker: false } });
});
afterAll(() => installation.end());

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const follow = (at: TestServer, headers: Record<string, string> = bearer(server.api.key)) =>
  readEvents(at.url, headers);
const tells =
  (type: string, taskId: string) =>
  ({ data }: ReadEvent) =>
    data.type === type && data.taskId === taskId;

/** The stream is open, and its process hears of everything from here on. */
async function hearing(at: TestServer): Promise<EventReader> {
  const reader = await follow(at);
  await reader.until(({ type }) => type === 'ready');
  const { id } = await heldTask(server.api, ['ev.main.first']);
  await reader.until(tells('task', id));
  return reader;
}

test('both processes tell of a task, its triggers and its run, also to who was away', async () => {
  const readers = [await hearing(server), await hearing(other)];
  const { id } = await heldTask(server.api, ['ev.main.a', 'ev.main.b']);
  for (const reader of readers) await reader.until(tells('task', id));
  const [first, second] = (await urlsOf(server.api, id)) as [string, string];
  await trigger(first);
  const seen = await readers[1]!.until(tells('trigger', id));
  expect(seen.data).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{30}$/), version: 1 });
  const [away] = readers;
  const { id: lastId } = await away!.until(tells('trigger', id));
  away!.leave();
  await trigger(second);
  await readers[1]!.until(tells('run', id));
  const back = await readEvents(server.url, {
    ...bearer(server.api.key),
    'last-event-id': lastId,
  });
  await back.until(tells('run', id));
  expect(back.events.map(({ type }) => type)).not.toContain('resync');
  const elsewhere = await readEvents(other.url, {
    ...bearer(server.api.key),
    'last-event-id': lastId,
  });
  await elsewhere.until(({ type }) => type === 'resync');
  for (const reader of [readers[1]!, back, elsewhere]) reader.leave();
  (await jobs.next(id)).succeed();
});

test('nothing of one tenant is told in another', async () => {
  const { adminKey } = await server.api.post<{ adminKey: string }>('/tenants', {
    ...{ id: 'elsewhere', name: 'Elsewhere' },
  });
  const [mine, theirs] = [await hearing(server), await follow(server, bearer(adminKey))];
  const { id } = await heldTask(server.api, ['ev.main.c']);
  await mine.until(tells('task', id));
  const own = await heldTask(server.api.as(adminKey), ['ev.main.c']);
  await theirs.until(tells('task', own.id));
  expect(theirs.events.filter(({ data }) => data.taskId === id)).toEqual([]);
  for (const reader of [mine, theirs]) reader.leave();
});

test('a session opens a stream; with its key removed it opens none', async () => {
  const user = await server.api.post<User>('/users', { name: 'Ada', role: 'viewer' });
  const key = await server.api.post<{ id: string; secret: string }>('/keys', {
    ...{ userId: user.id, name: 'k' },
  });
  const signedIn = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: key.secret }),
  });
  const [, token] = /=([^;]+);/.exec(signedIn.headers.getSetCookie()[0]!)!;
  // Behind one public URL they would have one name for it.
  const cookie = [server, other]
    .map(({ url }) => `tablegate_session_${new URL(url).port}=${token}`)
    .join('; ');
  const reader = await follow(other, { cookie });
  expect(reader.status).toBe(200);
  reader.leave();
  await server.api.delete(`/keys/${key.id}`);
  for (const at of [server, other]) expect((await follow(at, { cookie })).status).toBe(401);
});

test('a server that stops ends its streams, and does not wait for those who follow them', async () => {
  const third = await installation.start({ jobTypes: [jobs.jobType], roles: { worker: false } });
  const reader = await follow(third);
  await reader.until(({ type }) => type === 'ready');
  await third.stop();
  await reader.ended;
  // Whose answers are cut when the time for the stop is over, hears of no end.
  expect(reader.events.at(-1)?.type).toBe('end');
});
