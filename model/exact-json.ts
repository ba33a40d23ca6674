/** JSON whose numbers come out as they went in: those that a double does not hold keep their text. */
import { parse } from 'lossless-json';

/** A number as it was written, where JavaScript would write it otherwise. */
export class ExactNumber {
  constructor(readonly text: string) {}
}

/** @throws SyntaxError for what is no JSON, RangeError for what is nested beyond all measure */
export function parseExact(text: string): unknown {
  return parse(text, undefined, {
    parseNumber: (written: string) => {
      const number = Number(written);
      return String(number) === written ? number : new ExactNumber(written);
    },
    // As `JSON.parse` has it.
    onDuplicateKey: ({ newValue }) => newValue,
  });
}

/** @returns compact JSON of what `parseExact` gave, or of anything plain; undefined fields are left out */
export function writeExact(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(writeExact).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${writeExact(field)}`).join(',')}}`;
}
