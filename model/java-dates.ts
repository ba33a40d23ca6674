/** Forms of dates as DataX's scripts have them: those of Java's SimpleDateFormat. Pure. */
import { DirtyValue } from './dirty-value';

const fields: Record<string, { name: keyof Fields; pattern: string }> = {
  y: { name: 'year', pattern: String.raw`(\d{4})` },
  M: { name: 'month', pattern: String.raw`(\d{1,2})` },
  d: { name: 'day', pattern: String.raw`(\d{1,2})` },
  H: { name: 'hour', pattern: String.raw`(\d{1,2})` },
  m: { name: 'minute', pattern: String.raw`(\d{1,2})` },
  s: { name: 'second', pattern: String.raw`(\d{1,2})` },
  S: { name: 'fraction', pattern: String.raw`(\d{1,9})` },
};

interface Fields {
  year: string;
  month: string;
  day: string;
  hour: string;
  minute: string;
  second: string;
  fraction: string;
}

const noTime = { month: '01', day: '01', hour: '00', minute: '00', second: '00', fraction: '' };

/** Pieces of a form: runs of one letter, texts in quotes, and all else as it stands. */
function piecesOf(form: string): string[] {
  return form.match(/'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+/g) ?? [];
}

function literalOf(piece: string): string {
  return piece.startsWith("'") ? piece.slice(1, -1).replaceAll("''", "'") || "'" : piece;
}

/** @returns the letter that is not known here; null: the form can be used */
export function unknownLetter(form: string): string | null {
  const letters = piecesOf(form).filter((piece) => /^[A-Za-z]/.test(piece));
  return letters.find((piece) => !(piece[0]! in fields))?.[0] ?? null;
}

/** Whether the form tells a time of day. */
export function hasClock(form: string): boolean {
  return piecesOf(form).some((piece) => /^[HmsS]/.test(piece));
}

/** @returns a function that reads a text of the form; it throws DirtyValue for any other */
export function dateReader(form: string): (text: string) => string {
  const names: (keyof Fields)[] = [];
  const pattern = piecesOf(form).map((piece) => {
    const field = fields[piece[0]!];
    if (!field) return literalOf(piece).replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    names.push(field.name);
    // `yyyyMMdd` has no marks between: each takes as many digits as it has letters.
    return piece.length > 1 && piece[0] !== 'S' ? String.raw`(\d{${piece.length}})` : field.pattern;
  });
  const whole = new RegExp(`^${pattern.join('')}$`);
  const clock = hasClock(form);
  return (text) => {
    const found = whole.exec(text.trim());
    if (found === null) throw new DirtyValue(`${text.slice(0, 60)} is no date of the form ${form}`);
    const read = { ...noTime, year: '1970' } as Fields;
    names.forEach((name, index) => (read[name] = found[index + 1]!));
    const { year, month, day, hour, minute, second, fraction } = read;
    const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (!clock) return date;
    const time = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
    return `${date} ${time}${fraction && `.${fraction}`}`;
  };
}

const written = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(\+00)?$/;

/** @returns a function that writes a date or time in the form; any other text stays as it is */
export function dateWriter(form: string): (text: string) => string {
  const pieces = piecesOf(form);
  return (text) => {
    const found = written.exec(text);
    if (found === null) return text;
    const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00'] = found;
    const fraction = (found[7] ?? '').padEnd(9, '0');
    const values: Record<string, string> = { year, month, day, hour, minute, second };
    return pieces
      .map((piece) => {
        const field = fields[piece[0]!];
        if (!field) return literalOf(piece);
        if (field.name === 'fraction') return fraction.slice(0, piece.length);
        const value = values[field.name]!;
        if (field.name === 'year' && piece.length === 2) return value.slice(-2);
        return piece.length === 1 ? value.replace(/^0(?=\d)/, '') : value;
      })
      .join('');
  };
}
