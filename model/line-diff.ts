/** What differs between two texts, line by line. Pure. */

export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  /** Without what ends it. */
  text: string;
}

export interface DiffHunk {
  /** First line of it in either text, from 1. */
  fromLine: number;
  toLine: number;
  lines: DiffLine[];
}

/** Beyond so many differences the smallest one is no longer looked for. */
const mostDifferences = 2_000;

/** Lines around a difference. */
const contextLines = 3;

/** A text as lines; the last one is without its end where the text ends so. */
export function linesOf(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

/** All lines of both texts in order: with those that are `added` left out, it is `from`. */
export function diffLines(from: readonly string[], to: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start += 1;
  let end = 0;
  while (
    end < from.length - start &&
    end < to.length - start &&
    from[from.length - 1 - end] === to[to.length - 1 - end]
  ) {
    end += 1;
  }
  return [
    ...marked('same', from.slice(0, start)),
    ...middle(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...marked('same', from.slice(from.length - end)),
  ];
}

function marked(kind: DiffLine['kind'], lines: readonly string[]): DiffLine[] {
  return lines.map((text) => ({ kind, text }));
}

function middle(from: readonly string[], to: readonly string[]): DiffLine[] {
  const traces = from.length > 0 && to.length > 0 ? search(from, to) : null;
  if (traces === null) return [...marked('removed', from), ...marked('added', to)];
  return walkBack(from, to, traces);
}

/**
 * The greedy search of Myers: after d differences, how far each diagonal has come.
 * @returns what was known before each d; null where too much differs
 */
function search(from: readonly string[], to: readonly string[]): Int32Array[] | null {
  const [rows, columns] = [from.length, to.length];
  const most = Math.min(rows + columns, mostDifferences);
  const middleOf = most + 1;
  const reach = new Int32Array(2 * most + 3);
  const traces: Int32Array[] = [];
  for (let d = 0; d <= most; d += 1) {
    traces.push(reach.slice(middleOf - d - 1, middleOf + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reach[middleOf + k - 1]! < reach[middleOf + k + 1]!);
      let row = down ? reach[middleOf + k + 1]! : reach[middleOf + k - 1]! + 1;
      while (row < rows && row - k < columns && from[row] === to[row - k]) row += 1;
      reach[middleOf + k] = row;
      if (row >= rows && row - k >= columns) return traces;
    }
  }
  return null;
}

function walkBack(
  from: readonly string[],
  to: readonly string[],
  traces: readonly Int32Array[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let [row, column] = [from.length, to.length];
  for (let d = traces.length - 1; d >= 0; d -= 1) {
    const trace = traces[d]!;
    const at = (k: number): number => trace[k + d + 1]!;
    const k = row - column;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const [fromRow, fromK] = down ? [at(k + 1), k + 1] : [at(k - 1), k - 1];
    while (row > fromRow + (down ? 0 : 1) && column > fromRow - fromK + (down ? 1 : 0)) {
      row -= 1;
      column -= 1;
      lines.push({ kind: 'same', text: from[row]! });
    }
    if (d === 0) break;
    if (down) lines.push({ kind: 'added', text: to[(column -= 1)]! });
    else lines.push({ kind: 'removed', text: from[(row -= 1)]! });
  }
  return lines.reverse();
}

/** The differences with the lines around them. */
export function hunksOf(lines: readonly DiffLine[]): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let [fromLine, toLine] = [1, 1];
  let lastChange = -Infinity;
  let wasNear = false;
  const nextChange = changesFrom(lines);
  lines.forEach((line, index) => {
    if (line.kind !== 'same') lastChange = index;
    const isNear = index - lastChange <= contextLines || nextChange[index]! - index <= contextLines;
    const hunk = hunks.at(-1);
    if (isNear && hunk && wasNear) hunk.lines.push(line);
    else if (isNear) hunks.push({ fromLine, toLine, lines: [line] });
    wasNear = isNear;
    if (line.kind !== 'added') fromLine += 1;
    if (line.kind !== 'removed') toLine += 1;
  });
  return hunks;
}

/** Where the next change after each line is. */
function changesFrom(lines: readonly DiffLine[]): number[] {
  const next: number[] = [];
  let at = Infinity;
  for (let index = lines.length - 1; index >= 0; index -= 1) {
    if (lines[index]!.kind !== 'same') at = index;
    next[index] = at;
  }
  return next;
}

const signs = { same: ' ', removed: '-', added: '+' } as const;

/** The hunks as `diff -u` writes them. */
export function unifiedDiff(
  hunks: readonly DiffHunk[],
  names: { from: string; to: string },
): string {
  if (hunks.length === 0) return '';
  const parts = hunks.map(({ fromLine, toLine, lines }) => {
    const count = (left: DiffLine['kind']) => lines.filter(({ kind }) => kind !== left).length;
    const [ofFrom, ofTo] = [count('added'), count('removed')];
    const head = `@@ -${rangeOf(fromLine, ofFrom)} +${rangeOf(toLine, ofTo)} @@`;
    return [head, ...lines.map(({ kind, text }) => `${signs[kind]}${text}`)].join('\n');
  });
  return `--- ${names.from}\n+++ ${names.to}\n${parts.join('\n')}\n`;
}

/** A range without a line names the line before it. */
function rangeOf(line: number, count: number): string {
  return `${count === 0 ? line - 1 : line},${count}`;
}
