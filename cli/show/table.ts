/** Rows and fields in columns, for a terminal or a file. */
import { padTo, plain, widthOf } from './width';

type Cell = string | number | null | undefined;

/**
 * A table with its heading.
 * @returns lines; what is null shows as `-`
 */
export function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  const lines = [heading, ...rows.map((row) => row.map(cellText))];
  return aligned(lines).map((line) => line.trimEnd());
}

/** Names with their values; those whose value is undefined are left out. */
export function fields(pairs: readonly (readonly [string, Cell])[]): string[] {
  const shown = pairs.filter(([, value]) => value !== undefined);
  return aligned(shown.map(([name, value]) => [`  ${name}`, cellText(value)]));
}

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const line of lines) {
    for (const [column, text] of line.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, widthOf(text));
    }
  }
  return lines.map((line) =>
    line
      .map((text, column) => (column === line.length - 1 ? text : padTo(text, widths[column] ?? 0)))
      .join('  '),
  );
}

function cellText(value: Cell): string {
  return value === null || value === undefined || value === '' ? '-' : plain(String(value));
}
