/** How much memory a collection holds, and one of five times as many tables. */
import { print } from '../support/perform';
import { inWords, median } from '../support/statistics';
import { makeTables } from './collecting';
import type { Places } from './places';
import { runJobAlone } from './run-job';

/** The peak of the larger one by that of the smaller one. */
export const memoryGoal = 1.2;
const times = 5;

export async function measureMemory(
  dir: string,
  places: Places,
  { tables, rounds }: { tables: number; rounds: number },
): Promise<Record<string, unknown>> {
  await makeTables(places, 'few', tables);
  await makeTables(places, 'five_times', tables * times);
  const peaks = { few: [] as number[], many: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    for (const [side, schema] of [
      ['few', 'few'],
      ['many', 'five_times'],
    ] as const) {
      const url = await places.storeUrl(`memory_${side}_${round}`);
      const { peakMiB } = await runJobAlone(dir, places, url, { databases: [schema] });
      if (peakMiB === null) throw new Error('this system does not tell what processes use');
      peaks[side].push(peakMiB);
    }
  }
  const ratio = median(peaks.many) / median(peaks.few);
  print(
    `memory: ${tables} tables ${inWords(peaks.few, 0)} MiB, ${tables * times} ` +
      `${inWords(peaks.many, 0)} MiB; ratio ${ratio.toFixed(2)} (at most ${memoryGoal})`,
  );
  return { peaks, ratio };
}
