/** What a PUT of a DataArts task that is refused leaves behind. */
import { TablegateError } from '../../model/errors';
import type { TaskPatch } from '../../model/task';
import { MetadataTasks } from '../../scheduling/dataarts/metadata-tasks';
import type { TaskRead } from '../../scheduling/scheduling';
import { rejection } from '../connectors/support/sandbox';
import { exampleWith } from '../support/dataarts';
import { callerOf, task, taskId } from '../support/samples';

const caller = callerOf('developer');
const place = { caller, project: 'default', workspace: 'default' };
const body = exampleWith({ schedule_config: { enabled: 0 } });

/** A service over one task, which is on; `refusal` is what its edit throws. */
function serviceOf(refusal: Error | null) {
  const calls: string[] = [];
  const done = (name: string) => {
    calls.push(name);
    return Promise.resolve(task);
  };
  const tasks = {
    get: () => Promise.resolve({ ...task, paused: false } as TaskRead),
    pause: () => done('pause'),
    resume: () => done('resume'),
    edit: (_caller: unknown, _id: string, patch: TaskPatch) => {
      calls.push(`edit ${patch.name}`);
      return refusal ? Promise.reject(refusal) : Promise.resolve(task);
    },
  };
  const store = {
    dataArtsTasks: {
      find: () => Promise.resolve({ taskId, project: 'default', workspace: 'default' }),
      put: () => done('put'),
    },
    sources: { findConnection: () => Promise.resolve(null) },
  };
  const projects = { directories: { requireIn: () => Promise.resolve() } };
  const deps = { store, settings: { timezone: 'UTC' } };
  const parts = [deps, tasks, {}, projects] as unknown as ConstructorParameters<
    typeof MetadataTasks
  >;
  return { calls, replace: () => new MetadataTasks(...parts).replace(place, taskId, body) };
}

const edited = 'edit Test collection 110';

test('a PUT that switches a task off does so before its edit', async () => {
  const { calls, replace } = serviceOf(null);
  await replace();
  expect(calls).toEqual(['pause', edited, 'put']);
});

test('one whose edit is refused leaves the task on, as it was', async () => {
  const refusal = new TablegateError('invalidInput', 'No.');
  const { calls, replace } = serviceOf(refusal);
  expect(await rejection(replace())).toBe(refusal);
  expect(calls).toEqual(['pause', edited, 'resume']);
});

test('one of which nobody knows whether its edit was taken stays off, as was asked', async () => {
  const { calls, replace } = serviceOf(new TablegateError('workerUnavailable', 'No worker.'));
  await rejection(replace());
  expect(calls).toEqual(['pause', edited]);
});
