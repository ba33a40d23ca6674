/** How many changes at once are told. */
import { coalesce, type ToldChange } from '../../model/change';

const change = (
  type: ToldChange['type'],
  id: string,
  taskId: string | null = 't',
  version: number | null = 1,
): ToldChange => ({ type, id, taskId, version });

test('of two changes of one thing the later is told', () => {
  const changes = [change('run', 'a'), change('task', 'a'), change('run', 'a', 't', 2)];
  expect(coalesce(changes, 5)).toEqual([change('run', 'a', 't', 2), change('task', 'a')]);
});

test('many of one type and task are one without an id; others stay as they are', () => {
  const runs = ['a', 'b', 'c'].map((id) => change('run', id));
  const other = [change('run', 'd', 'u'), change('instance', 'e')];
  expect(coalesce([...runs, ...other], 2)).toEqual([
    { type: 'run', id: null, taskId: 't', version: null },
    ...other,
  ]);
  expect(coalesce(runs, 3)).toEqual(runs);
});

test('what is many already takes in what comes after it', () => {
  const many = { type: 'run' as const, id: null, taskId: 't', version: null };
  expect(coalesce([many, change('run', 'a')], 5)).toEqual([many]);
  const other = change('run', 'b', 'u');
  expect(coalesce([many, other], 5)).toEqual([many, other]);
  const all = { ...many, taskId: null };
  expect(coalesce([all, many, other], 5)).toEqual([all]);
});

test('many of one type in many tasks are one without a task', () => {
  const runs = ['t', 'u', 'v'].map((taskId) => change('run', `of ${taskId}`, taskId));
  expect(coalesce([...runs, change('task', 't')], 2)).toEqual([
    { type: 'run', id: null, taskId: null, version: null },
    change('task', 't'),
  ]);
});

test('backfills belong to no task', () => {
  const backfills = ['a', 'b'].map((id) => change('backfill', id, null, null));
  expect(coalesce(backfills, 2)).toEqual(backfills);
});
