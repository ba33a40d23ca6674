/** JSON with whole numbers of any size: the vendor's ids have 64 bits. */
import { isInteger, parse, stringify } from 'lossless-json';
import { TablegateError } from '../../../model/errors';

/** More digits than any number of the vendor's; a text of millions would keep the process busy. */
const mostDigits = 20;

/** @throws TablegateError invalidJson */
export function parseJson(text: string, what: string): unknown {
  try {
    return parse(text, null, (digits) =>
      isInteger(digits) && digits.length <= mostDigits ? BigInt(digits) : Number(digits),
    );
  } catch (error) {
    throw new TablegateError('invalidJson', `${what} is not JSON: ${wordsOf(error)}`);
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deep';
  return error instanceof Error ? error.message : 'it cannot be read';
}

/** Bigints are written as numbers; what is undefined or null is left out. */
export function writeJson(value: unknown): string {
  return stringify(withoutNothing(value)) ?? 'null';
}

/** Deeper than anything of the vendor's. */
const maxDepth = 50;

/**
 * Null says the same as nothing here, in what comes and in what goes.
 * @throws TablegateError invalidJson for what is nested too deep
 */
export function withoutNothing(value: unknown, depth = 0): unknown {
  if (depth > maxDepth) {
    throw new TablegateError('invalidJson', `JSON may be nested at most ${maxDepth} levels deep`);
  }
  if (Array.isArray(value)) return value.map((item) => withoutNothing(item, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined && field !== null);
  return Object.fromEntries(
    fields.map(([name, field]) => [name, withoutNothing(field, depth + 1)]),
  );
}
