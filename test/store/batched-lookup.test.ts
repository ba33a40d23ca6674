import { batchedLookup } from '../../store/batched-lookup';

/** A source that answers when the test says so. */
function slowSource(known: Record<string, number>) {
  const asked: string[][] = [];
  const answers: ((error?: Error) => void)[] = [];
  const find = batchedLookup<number>((keys) => {
    asked.push(keys);
    return new Promise((resolve, reject) => {
      answers.push((error) => (error ? reject(error) : resolve(new Map(Object.entries(known)))));
    });
  });
  return { asked, answer: (error?: Error) => answers.shift()?.(error), find };
}

describe('a lookup in batches', () => {
  test('asks for a lone key at once', async () => {
    const { asked, answer, find } = slowSource({ a: 1 });
    const found = find('a');
    expect(asked).toEqual([['a']]);
    answer();
    expect(await found).toBe(1);
  });

  test('asks together for what comes meanwhile, each key once, and never answers from before', async () => {
    const { asked, answer, find } = slowSource({ a: 1, b: 2 });
    const first = find('a');
    const others = [find('a'), find('b'), find('b'), find('c')];
    expect(asked).toEqual([['a']]);
    answer();
    expect(await first).toBe(1);
    expect(asked).toEqual([['a'], ['a', 'b', 'c']]);
    answer();
    expect(await Promise.all(others)).toEqual([1, 2, 2, null]);
  });

  test('gives the error to those who asked, and asks again for the next', async () => {
    const { answer, find } = slowSource({ a: 1 });
    const failing = find('a');
    const waiting = find('a');
    answer(new Error('away'));
    await expect(failing).rejects.toThrow('away');
    answer();
    expect(await waiting).toBe(1);
  });

  test('splits what is too much for one question', async () => {
    const { asked, answer, find } = slowSource({});
    const all = Array.from({ length: 1502 }, (_, nr) => find(String(nr)));
    for (const expected of [1, 1000, 501]) {
      expect(asked.at(-1)).toHaveLength(expected);
      answer();
      await all[asked.flat().length - 1];
    }
    expect(await Promise.all(all)).toEqual(all.map(() => null));
  });
});
