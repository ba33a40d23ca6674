/** How much an answer holds: Temporal takes no payload above 2 MiB. */

/** Most IDs, links and changes that an answer lists. */
export const mostListed = 1_000;

/** For the longest of an answer's lists; the others stay below half of this. */
const mostBytes = 1 << 20;

/** The first items, as many as an answer has room for. */
export function roomFor<Item>(items: Item[]): Item[] {
  let bytes = 0;
  const end = items.findIndex((item) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > mostBytes;
  });
  return end < 0 ? items : items.slice(0, end);
}
