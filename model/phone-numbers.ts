/**
 * Phone numbers as IDs: in E.164 where they can be told, else as their digits. The numbering plans
 * are libphonenumber's, 100 KB that no workflow needs: nothing that workflows import imports this.
 */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { isSettled, settledNumber, type Region } from './numbering-plans';

/** Fewer digits than these are no phone number, but an extension or another kind of ID. */
const fewestDigits = 5;

/**
 * A whole number that was written as a floating point one is read as the number.
 * @param text normalised as a text
 * @param region where a number without country code is from; null: such a number keeps its digits
 * @returns E.164 of a number that is possible; else its digits, with a `+` that stands before them;
 *   what does not look like a phone number as it is
 */
export function normalizePhone(text: string, region: Region | null): string {
  const whole = /^([0-9]+)\.0$/.exec(text)?.[1];
  if (whole !== undefined) return normalizePhone(whole, region);
  const written = /^[ -~]*$/.test(text) ? text : plainly(text);
  if (!/^[-+ ()./0-9]*$/.test(written)) return text;
  const digits = written.replace(/[^0-9]/g, '');
  if (digits.length < fewestDigits) return text;
  const dialled = /^[^0-9]*\+/.test(written) ? `+${digits}` : digits;
  return e164Of(dialled, region) ?? dialled;
}

/** With digits and dashes of other scripts as ours, and without the marks that nobody sees. */
function plainly(text: string): string {
  return text
    .replace(/[٠-٩۰-۹]/g, (digit) => String(digit.charCodeAt(0) & 0xf))
    .replace(/[\p{Dash_Punctuation}−]/gu, '-')
    .replace(/\p{Format}/gu, '');
}

/** @param dialled digits, with a `+` before them where a country code comes first */
function e164Of(dialled: string, region: Region | null): string | null {
  if (dialled.startsWith('+')) return isSettled(dialled) ? dialled : parse(dialled, region);
  if (region === null) return null;
  return settledNumber(dialled, region) ?? parse(dialled, region);
}

/** Asks the library, and again as long as it takes a trunk prefix off what it answered. */
function parse(dialled: string, region: Region | null): string | null {
  const parsed = parsePhoneNumberFromString(dialled, region ?? undefined);
  if (!parsed?.isPossible()) return null;
  const { number } = parsed;
  const isShortest = dialled.startsWith('+') && number.length >= dialled.length;
  if (isShortest || isSettled(number)) return number;
  return parse(number, null) ?? number;
}
