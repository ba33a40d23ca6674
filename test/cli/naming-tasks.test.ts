import { run } from './support/command-line';
import { fakeApi, problem, type FakeApi } from './support/fake-api';
import { aTask, idOf, listOf, taskId } from './support/samples';

const before = { ...process.env };
let api: FakeApi;
beforeEach(async () => {
  api = await fakeApi();
  process.env = { ...before, TABLEGATE_URL: api.url, TABLEGATE_KEY: 'key' };
});
afterEach(async () => {
  process.env = { ...before };
  await api.end();
});

const pauseOf = (id: string) => `POST /tasks/${id}:pause`;

test('an id is taken as it is', async () => {
  api.on(pauseOf(taskId), { body: aTask({ paused: true }) });
  expect((await run(['task', 'pause', taskId])).out).toBe('The task Unify is paused.\n');
  expect(api.lines()).toEqual([pauseOf(taskId)]);
});

test('a name has to be exactly that of the task, also in its letters', async () => {
  const others = [aTask({ id: idOf(8), name: 'unify' }), aTask({ id: idOf(9), name: 'Unify 2' })];
  api.on('GET /tasks', { body: listOf(...others, aTask()) });
  api.on(pauseOf(taskId), { body: aTask({ paused: true }) });
  expect((await run(['task', 'pause', 'Unify'])).code).toBe(0);
  expect(api.lines()).toEqual([
    'GET /tasks?search=Unify&pageSize=1000&pageToken=',
    pauseOf(taskId),
  ]);
});

test('a task is found on whichever page of the list it stands', async () => {
  const first = { items: [aTask({ id: idOf(9), name: 'Unify 2' })], nextPageToken: 'more' };
  api.on('GET /tasks?search=Unify&pageSize=1000&pageToken=', { body: first });
  api.on('GET /tasks?search=Unify&pageSize=1000&pageToken=more', { body: listOf(aTask()) });
  api.on(pauseOf(taskId), { body: aTask({ paused: true }) });
  expect((await run(['task', 'pause', 'Unify'])).code).toBe(0);
});

test('a name that two tasks have is refused, naming their ids', async () => {
  const twin = aTask({ id: idOf(9), kind: 'manual' });
  api.on('GET /tasks', { body: listOf(aTask(), twin) });
  const { code, err } = await run(['task', 'pause', 'Unify']);
  expect(code).toBe(1);
  expect(err).toBe(
    '2 tasks are called "Unify"; name one by its id:\n' +
      `  ${taskId}  (triggered)\n  ${idOf(9)}  (manual)\n`,
  );
});

test('a name that no task has is refused, naming those that are like it', async () => {
  api.on('GET /tasks', { body: listOf(aTask()) });
  const near = await run(['task', 'pause', 'Unif']);
  expect(near.code).toBe(1);
  expect(near.err).toContain(
    `No task has the id or the exact name "Unif". There are:\n  ${taskId}  Unify`,
  );
  api.on('GET /tasks', { body: listOf() });
  expect((await run(['task', 'pause', 'Nothing'])).err).toContain('npx tablegate task list');
});

test('an id that no task has is refused in the words of the API, with where to look', async () => {
  api.on(pauseOf(idOf(9)), problem(404, 'taskNotFound', `There is no task ${idOf(9)}.`));
  const { code, err } = await run(['task', 'pause', idOf(9), '--url', api.url]);
  expect(code).toBe(1);
  expect(err).toBe(
    `There is no task ${idOf(9)}.\nAll tasks: npx tablegate task list --url ${api.url}\n`,
  );
});
