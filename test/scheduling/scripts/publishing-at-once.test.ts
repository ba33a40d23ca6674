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
