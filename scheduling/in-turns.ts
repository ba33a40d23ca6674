/** How many questions to the store are under way at the same time. */
const usualAtOnce = 4;

/** As `Promise.all`, with few of them at a time; after one that fails nothing more is begun. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  ask: (item: Item, index: number) => Promise<Result>,
  atOnce = usualAtOnce,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const takeTurns = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++;
      try {
        results[index] = await ask(items[index]!, index);
      } catch (error) {
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, takeTurns));
  return results;
}

/** Does something with each item, so many at the same time, beginning in their order. */
export async function eachInTurns<Item>(
  items: readonly Item[],
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}
