/** Rule 12: tasks that come after one another in a round. */
import { findCycle, linkTasks, upstreamFirst } from '../../model/task-graph';
import { hourly, lineageTaskOf } from '../support/lineage-tasks';

const names = (tasks: { id: string }[] | null): string[] | null =>
  tasks && tasks.map((task) => task.id);

it('finds no round in a chain, nor in a diamond', () => {
  const tasks = [
    lineageTaskOf('bottom', { dependsOn: ['left', 'right'] }),
    lineageTaskOf('left', { dependsOn: ['top'] }),
    lineageTaskOf('right', { dependsOn: ['top'] }),
    lineageTaskOf('top'),
  ];
  expect(findCycle(tasks)).toBeNull();
  const order = upstreamFirst(tasks, linkTasks(tasks));
  expect([order[0], order[3]]).toEqual(['top', 'bottom']);
});

it('names the path of a round, and only of one that a task is part of', () => {
  const tasks = [
    lineageTaskOf('before', { dependsOn: [] }),
    lineageTaskOf('one', { dependsOn: ['before', 'three'] }),
    lineageTaskOf('two', { dependsOn: ['one'] }),
    lineageTaskOf('three', { dependsOn: ['two'] }),
    lineageTaskOf('after', { dependsOn: ['three'] }),
  ];
  expect(names(findCycle(tasks))).toEqual(['one', 'two', 'three']);
  expect(names(findCycle(tasks, 'three'))).toEqual(['three', 'one', 'two']);
  expect(findCycle(tasks, 'after')).toBeNull();
});

it('finds rounds that lead over tables', () => {
  const recurrence = hourly();
  const tasks = [
    lineageTaskOf('one', { recurrence, reads: ['w.main.b'], writes: ['w.main.a'] }),
    lineageTaskOf('two', { kind: 'triggered', byTask: ['w.main.a'], lists: ['w.main.a'] }),
    lineageTaskOf('three', { recurrence, dependsOn: ['two'], writes: ['w.main.b'] }),
  ];
  expect(names(findCycle(tasks))).toEqual(['one', 'two', 'three']);
});

it('lets a task read what it writes', () => {
  const own = ['w.main.a'];
  const change = { recurrence: hourly(), reads: own, lists: own, writes: own };
  expect(findCycle([lineageTaskOf('one', change)])).toBeNull();
});

it('does not link the writer of a table that only its trigger URL marks, unless it is recurring', () => {
  const change = { reads: ['w.main.a'], lists: ['w.main.a'] };
  const reader = lineageTaskOf('reader', { kind: 'triggered', ...change });
  const byHand = lineageTaskOf('writer', { writes: ['w.main.a'] });
  const recurring = { ...byHand, kind: 'recurring' as const };
  expect(linkTasks([reader, byHand]).get('writer')).toEqual([]);
  expect(linkTasks([reader, recurring]).get('writer')).toEqual([reader]);
});
