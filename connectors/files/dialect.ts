/** How a CSV text is written: delimiter, quoting and header line, judged by its first records. */

export interface Dialect {
  delimiter: string;
  quote: string;
  escape: string;
  hasHeader: boolean;
  /** Names of the columns in their order, each once. */
  columns: string[];
}

interface Sample {
  records: string[][];
  /** Quotes that RFC 4180 does not allow where they stand. */
  faults: number;
}

const delimiters = [',', '\t', ';', '|'];
/** Enough to tell; more would only cost time. */
const maxRecords = 500;

/** Splits a text into records; what follows a fault in the quoting is not looked at. */
function splitRecords(text: string, delimiter: string, quote: string, escape: string): Sample {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length && records.length < maxRecords) {
    let cell = '';
    if (text[at] === quote) {
      at += 1;
      for (; at < text.length && (text[at] !== quote || text[at + 1] === quote); at += 1) {
        if (text[at] === quote || (text[at] === escape && escape !== quote)) at += 1;
        cell += text[at] ?? '';
      }
      at += 1;
      const next = text[at];
      if (next !== undefined && next !== delimiter && next !== '\n' && next !== '\r') {
        return { records, faults: 1 };
      }
    } else {
      const start = at;
      while (at < text.length && !isEnd(text[at] as string, delimiter)) at += 1;
      cell = text.slice(start, at);
    }
    record.push(cell);
    if (text[at] === delimiter) {
      at += 1;
      if (at < text.length) continue;
      record.push('');
    }
    if (text[at] === '\r' && text[at + 1] === '\n') at += 1;
    at += 1;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  return { records, faults: 0 };
}

function isEnd(character: string, delimiter: string): boolean {
  return character === delimiter || character === '\n' || character === '\r';
}

/** Share of records with as many columns as the first; 0 when that has only one. */
function consistency(sample: Sample): number {
  const width = sample.records[0]?.length ?? 0;
  if (width < 2) return 0;
  const same = sample.records.filter((record) => record.length === width).length;
  return same / (sample.records.length + sample.faults);
}

function likeliestDelimiter(text: string, quote: string, fallback: string): string {
  let best = { delimiter: fallback, score: 0, width: 1 };
  for (const delimiter of delimiters) {
    const sample = splitRecords(text, delimiter, quote, quote);
    const score = consistency(sample);
    const width = sample.records[0]?.length ?? 0;
    if (score > best.score || (score > 0 && score === best.score && width > best.width)) {
      best = { delimiter, score, width };
    }
  }
  return best.delimiter;
}

/** `'` only where every cell of the first line stands in such quotes and `"` never occurs. */
function quoteOf(text: string): string {
  if (text.includes('"')) return '"';
  const [firstLine = ''] = text.split(/[\r\n]/, 1);
  return /^'[^']*'([,\t;|]'[^']*')*$/.test(firstLine) ? "'" : '"';
}

/** A backslash where quotes cannot be read without it. */
function escapeOf(text: string, delimiter: string, quote: string): string {
  if (!text.includes(`\\${quote}`)) return quote;
  const doubled = splitRecords(text, delimiter, quote, quote);
  const escaped = splitRecords(text, delimiter, quote, '\\');
  return doubled.faults > 0 && escaped.faults === 0 ? '\\' : quote;
}

/** A number, a date or an e-mail address: what stands in rows, not in a header. */
function isValue(cell: string): boolean {
  const text = cell.trim();
  return /^[+-]?\d[\d\s.,:/()TZ+-]*$/.test(text) || /^\S+@\S+\.\S+$/.test(text);
}

/** A header says less than the rows below it: some column holds values only from there on. */
function hasHeaderLine(records: string[][]): boolean {
  const [first = [], ...rest] = records;
  const startsValues = first.some((cell, column) => {
    const below = rest.map((record) => record[column] ?? '').filter((text) => text.trim() !== '');
    const values = below.filter(isValue).length;
    return cell.trim() !== '' && !isValue(cell) && values > 0 && values >= 0.8 * below.length;
  });
  return startsValues || !first.some(isValue);
}

/**
 * Names for columns: trimmed and without NUL, which no name in SQL may have; `column<n>` where there is
 * none, a number after a repeated one.
 */
function columnNames(cells: string[], hasHeader: boolean): string[] {
  const taken = new Set<string>();
  return cells.map((cell, index) => {
    const plain = (hasHeader ? cell.replaceAll('\0', '').trim() : '') || `column${index}`;
    let name = plain;
    for (let count = 1; taken.has(name.toLowerCase()); count += 1) name = `${plain}_${count}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/**
 * The first records of a text, its header line left out; what follows a fault in the quoting is not
 * among them.
 * @param complete true when that is the whole text; else its last line is not looked at
 */
export function recordsOf(head: string, complete: boolean, dialect: Dialect): string[][] {
  const { delimiter, quote, escape, hasHeader } = dialect;
  const { records } = splitRecords(wholeLines(head, complete), delimiter, quote, escape);
  return hasHeader ? records.slice(1) : records;
}

function wholeLines(head: string, complete: boolean): string {
  const lastBreak = Math.max(head.lastIndexOf('\n'), head.lastIndexOf('\r'));
  return complete || lastBreak < 0 ? head : head.slice(0, lastBreak);
}

/**
 * @param head the text's beginning, without byte order mark
 * @param complete true when that is the whole text; else its last line is not looked at
 * @param fallback delimiter of a text in which none occurs
 * @returns null for a text without any record
 */
export function dialectOf(head: string, complete: boolean, fallback: string): Dialect | null {
  const text = wholeLines(head, complete);
  const quote = quoteOf(text);
  const delimiter = likeliestDelimiter(text, quote, fallback);
  const escape = escapeOf(text, delimiter, quote);
  const { records } = splitRecords(text, delimiter, quote, escape);
  const [first] = records;
  if (!first) return null;
  const hasHeader = hasHeaderLine(records);
  return { delimiter, quote, escape, hasHeader, columns: columnNames(first, hasHeader) };
}
