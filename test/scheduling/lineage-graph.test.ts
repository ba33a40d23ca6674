/** What comes after what, as people are shown it. */
import { openService, refusalOf, type TestService } from './support/service';

let service: TestService;
beforeAll(async () => void (service = await openService()));
afterAll(() => service.close());

const graph = (about: { taskId?: string; table?: string; limit?: number } = {}) =>
  service.scheduling.lineage.graph(service.caller, {
    ...{ taskId: null, table: null, limit: 1_000 },
    ...about,
  });

const [raw, clean, own] = ['analysis.main.raw', 'analysis.main.clean', 'crm.main.own'];

/** load -> raw -> tidy -> clean -> report; watch comes after report; alone touches nothing of it. */
async function aFlow() {
  const load = await service.task({ name: 'Load', writes: [raw] });
  const tidy = await service.task({ name: 'Tidy', reads: [raw], writes: [clean] });
  const report = await service.task({
    ...{ name: 'Report', kind: 'triggered', tables: [clean] },
  });
  const watch = await service.task({ name: 'Watch', dependsOn: [report.id] });
  const alone = await service.task({ name: 'Alone', tables: ['crm.main.alone'] });
  return { load, tidy, report, watch, alone };
}

let flow: Awaited<ReturnType<typeof aFlow>>;
beforeAll(async () => void (flow = await aFlow()));
const names = (nodes: { tasks: { name: string }[] }) =>
  nodes.tasks.map(({ name }) => name).toSorted();

test('edges lead the way the data go, and say what they are', async () => {
  const { load, tidy, report, watch } = flow;
  const { nodes, edges } = await graph();
  expect(edges).toEqual(
    expect.arrayContaining([
      { from: load.id, to: raw, kind: 'writes' },
      { from: raw, to: tidy.id, kind: 'reads' },
      { from: own, to: tidy.id, kind: 'lists' },
      { from: tidy.id, to: clean, kind: 'writes' },
      { from: clean, to: report.id, kind: 'lists' },
      { from: report.id, to: watch.id, kind: 'dependsOn' },
    ]),
  );
  expect(names(nodes)).toEqual(['Alone', 'Load', 'Report', 'Tidy', 'Watch']);
  expect(nodes.tasks).toContainEqual({ id: report.id, name: 'Report', kind: 'triggered' });
  expect(nodes.tables).toEqual([clean, raw, 'crm.main.alone', own].toSorted());
});

test('what is beyond the limit is left out, and counted', async () => {
  const whole = await graph();
  expect(whole.truncated).toBe(false);
  const some = await graph({ limit: 2 });
  expect(some.truncated).toBe(true);
  expect(some.edges).toEqual(whole.edges.slice(0, 2));
  const nodes = [...some.nodes.tasks.map(({ id }) => id), ...some.nodes.tables].toSorted();
  const ends = some.edges.flatMap(({ from, to }) => [from, to]);
  expect(nodes).toEqual([...new Set(ends)].toSorted());
  const { tasks, tables } = whole.nodes;
  const total = { tasks: tasks.length, tables: tables.length, edges: whole.edges.length };
  expect([some.total, whole.total]).toEqual([total, total]);
});

test('about a task, what lies before and after it, and nothing else', async () => {
  const { nodes, edges } = await graph({ taskId: flow.report.id });
  expect(names(nodes)).toEqual(['Load', 'Report', 'Tidy', 'Watch']);
  expect(nodes.tables).toEqual([clean, raw, own].toSorted());
  const ends = edges.flatMap(({ from, to }) => [from, to]);
  expect(ends).not.toContain(flow.alone.id);
  expect(names((await graph({ taskId: flow.load.id })).nodes)).toEqual([
    ...['Load', 'Report', 'Tidy', 'Watch'],
  ]);
});

test('about a table, what writes it and what uses it', async () => {
  const { nodes } = await graph({ table: clean });
  expect(names(nodes)).toEqual(['Load', 'Report', 'Tidy', 'Watch']);
  const listed = await graph({ table: 'crm.main.alone' });
  expect(names(listed.nodes)).toEqual(['Alone']);
  const known = { connection: 'analysis', schema: 'main', table: 'unused' };
  await service.store.sources.putTable('default', known, null);
  expect(await graph({ table: 'analysis.main.unused' })).toEqual({
    ...{ nodes: { tasks: [], tables: ['analysis.main.unused'] }, edges: [] },
    ...{ total: { tasks: 0, tables: 1, edges: 0 }, truncated: false },
  });
});

test('removed tasks are no part of it, and what is not there is not found', async () => {
  const { id } = await service.task({ name: 'Gone', tables: ['crm.main.gone'] });
  await service.scheduling.tasks.remove(service.caller, id, null, false);
  expect(names((await graph()).nodes)).not.toContain('Gone');
  expect(await refusalOf(graph({ taskId: id }))).toMatchObject({ code: 'taskNotFound' });
  const unknown = graph({ table: 'crm.main.gone' });
  expect(await refusalOf(unknown)).toMatchObject({ code: 'tableNotFound' });
});
