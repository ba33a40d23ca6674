/** How many questions to the store are under way at the same time. */
const atOnce = 4;

/** As `Promise.all`, with few of them at a time. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    results.push(...(await Promise.all(items.slice(from, from + atOnce).map(ask))));
  }
  return results;
}
