/** Many lookups at once in few statements. */

/** Most keys that go into one statement. */
const maxKeys = 1000;

interface Waiting<Found> {
  key: string;
  resolve: (found: Found | null) => void;
  reject: (error: unknown) => void;
}

/**
 * Makes a lookup that asks at once when nothing is being asked; keys that come while an answer is
 * on its way wait for it and go together in the next question. Every answer is from after its call,
 * so nothing is ever answered from memory.
 * @param ask finds what there is of some keys; where it throws, each of its callers gets the error
 */
export function batchedLookup<Found>(
  ask: (keys: string[]) => Promise<Map<string, Found>>,
): (key: string) => Promise<Found | null> {
  const waiting: Waiting<Found>[] = [];
  let asking = false;

  const askNext = async () => {
    asking = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxKeys);
      try {
        const found = await ask([...new Set(batch.map(({ key }) => key))]);
        for (const { key, resolve } of batch) resolve(found.get(key) ?? null);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    asking = false;
  };

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject });
      if (!asking) void askNext();
    });
}
