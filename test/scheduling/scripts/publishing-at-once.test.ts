import { newConfig } from '../../../model/script-draft';
import { Twins } from '../../../scheduling/scripts/twins';
import { noteWhatRuns } from '../../../scheduling/scripts/what-runs';

test('of two versions that are published at once the one that runs is noted', async () => {
  const notes: number[] = [];
  const note = async (version: number) => void notes.push(version);
  // The task got version 1, then 2; who published 2 has noted that already.
  await noteWhatRuns(1, note, async () => 2);
  expect(notes).toEqual([1, 2]);
  await noteWhatRuns(2, note, async () => 2);
  await noteWhatRuns(3, note, async () => null);
  expect(notes).toEqual([1, 2, 2, 3]);
});

test('a script that is removed while it is published is not found', async () => {
  const store = { scripts: { reserveTask: async () => null } };
  const [deps, tasks] = [{ store, settings: { timezone: 'UTC' } }, {}] as never[];
  const config = newConfig({
    ...{ scheduleType: 'Manual Task Node', description: '', timezone: 'UTC', by: 'Ann' },
  });
  const script = { id: 'a'.repeat(32), number: '1', name: 'copy', config } as never;
  const twin = { version: 1, lineage: { reads: [], writes: [] }, dependsOn: [] };
  const publishing = new Twins(deps!, tasks!).put(
    { tenant: 'default' } as never,
    script,
    'Prod',
    twin,
  );
  await expect(publishing).rejects.toMatchObject({ code: 'scriptNotFound' });
});
