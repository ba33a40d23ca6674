/** Differences of texts: each can be made of the other, and of what differs no more than has to. */
import fc from 'fast-check';
import { diffLines, hunksOf, linesOf, unifiedDiff, type DiffLine } from '../../../model/line-diff';

const without = (lines: DiffLine[], left: DiffLine['kind']) =>
  lines.filter(({ kind }) => kind !== left).map(({ text }) => text);

/** Length of the longest common subsequence, by the table of the textbook. */
function commonLength(one: string[], other: string[]): number {
  const table = Array.from({ length: one.length + 1 }, () =>
    Array<number>(other.length + 1).fill(0),
  );
  for (let i = 1; i <= one.length; i += 1) {
    for (let j = 1; j <= other.length; j += 1) {
      table[i]![j] =
        one[i - 1] === other[j - 1]
          ? table[i - 1]![j - 1]! + 1
          : Math.max(table[i - 1]![j]!, table[i]![j - 1]!);
    }
  }
  return table[one.length]![other.length]!;
}

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 25 });

test('both texts are in it, and as many lines as can be are the same', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = diffLines(from, to);
      expect(without(lines, 'added')).toEqual(from);
      expect(without(lines, 'removed')).toEqual(to);
      expect(lines.filter(({ kind }) => kind === 'same')).toHaveLength(commonLength(from, to));
    }),
  );
});

test('hunks hold every change once, with up to three lines around it', () => {
  fc.assert(
    fc.property(text, text, (from, to) => {
      const lines = diffLines(from, to);
      const hunks = hunksOf(lines);
      const changes = (of: DiffLine[]) => of.filter(({ kind }) => kind !== 'same');
      expect(hunks.flatMap((hunk) => changes(hunk.lines))).toEqual(changes(lines));
      for (const hunk of hunks) {
        const part = without(hunk.lines, 'added');
        expect(from.slice(hunk.fromLine - 1, hunk.fromLine - 1 + part.length)).toEqual(part);
        const first = hunk.lines.findIndex(({ kind }) => kind !== 'same');
        const last = hunk.lines.findLastIndex(({ kind }) => kind !== 'same');
        expect(first).toBeLessThanOrEqual(3);
        expect(hunk.lines.length - 1 - last).toBeLessThanOrEqual(3);
      }
    }),
  );
});

test('it reads as diff -u writes it', () => {
  const from = linesOf('one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten');
  const to = linesOf('one\n2\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven');
  expect(unifiedDiff(hunksOf(diffLines(from, to)), { from: 'version 1', to: 'draft' })).toBe(
    [
      ...['--- version 1', '+++ draft', '@@ -1,5 +1,5 @@', ' one', '-two', '+2', ' three'],
      ...[' four', ' five', '@@ -8,3 +8,4 @@', ' eight', ' nine', ' ten', '+eleven', ''],
    ].join('\n'),
  );
  expect(unifiedDiff(hunksOf(diffLines([], ['a'])), { from: 'x', to: 'y' })).toContain(
    '@@ -0,0 +1,1 @@\n+a',
  );
  expect(unifiedDiff([], { from: 'x', to: 'y' })).toBe('');
});

test('two long texts that share nothing take no long time', () => {
  const long = (mark: string) => Array.from({ length: 100_000 }, (_, nr) => `${mark}${nr}`);
  const begin = performance.now();
  expect(diffLines(long('a'), long('b'))).toHaveLength(200_000);
  expect(performance.now() - begin).toBeLessThan(10_000);
});
