/**
 * Does something so many times, some of them at the same time.
 * @returns what each gave, in their order
 * @throws the first failure, once nothing is under way any more: servers may be ended then
 */
export async function eachAtOnce<Result>(
  count: number,
  atOnce: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = Array.from({ length: count });
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: atOnce }, () => worker().finally(() => (next = count))),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}
