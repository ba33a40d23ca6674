/**
 * Brings a value from the type of its source into that of its target, or says why it does not fit.
 * Nothing is rounded, cut or replaced. Pure; `docs/sync-scripts.md` has the same as tables.
 */
import type { Cell, TransferType } from './transfer-types';
import { DirtyValue } from './dirty-value';
import { asDate, asTime, asTimestamp } from './transfer-times';

type Value = string | Uint8Array;
type Converter = (value: Value) => Value;
type Of<Kind> = Extract<TransferType, { kind: Kind }>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** @throws DirtyValue for bytes that are no UTF-8 */
function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  try {
    return utf8.decode(value);
  } catch {
    throw new DirtyValue('holds bytes that are not UTF-8');
  }
}

/** A value as messages show it. */
function shown(text: string): string {
  const characters = Array.from(text.slice(0, 200));
  return characters.length > 60 ? `${characters.slice(0, 60).join('')}…` : text;
}

const misfit = (text: string, what: string) => new DirtyValue(`${shown(text)} is ${what}`);

/**
 * @returns null where values of one type never become values of the other
 */
export function converterOf(from: TransferType, to: TransferType): Converter | null {
  if (holdsAll(from, to)) return (value) => value;
  const convert = judging(from, to);
  return convert === null ? null : quickly(from, to, convert);
}

/** Whether each number of one type is one of the other, so that none has to be looked at. */
function holdsAll(from: TransferType, to: TransferType): boolean {
  if (from.kind === 'boolean') return to.kind === 'boolean';
  if (from.kind === 'integer' && to.kind === 'integer') {
    return from.min >= to.min && from.max <= to.max;
  }
  if (from.kind === 'float' && to.kind === 'float') {
    return from.bits === to.bits && (to.special || !from.special);
  }
  if (from.kind !== 'decimal' || to.kind !== 'decimal') return false;
  if (from.special && !to.special) return false;
  if (to.precision === null) return true;
  if (from.precision === null) return false;
  const [places, room] = [from.scale ?? 0, to.scale ?? 0];
  return places <= room && from.precision - places <= to.precision - room;
}

/** Times of databases are well-formed: those in the range of the target stay as they are. */
function quickly(from: TransferType, to: TransferType, convert: Converter): Converter {
  const isTime = from.kind === 'timestamp' && to.kind === 'timestamp';
  const isDay = from.kind === 'date' && to.kind === 'date';
  if (!isTime && !isDay) return convert;
  if (isTime && (from.zone !== to.zone || from.digits > to.digits)) return convert;
  const { first, last } = to.range;
  const mayBeZero = from.range.zero;
  return (value) => {
    const text = value as string;
    const isUsual =
      text.charCodeAt(4) === dash &&
      text >= first &&
      text <= last &&
      !isAncient(text) &&
      !(mayBeZero && /-00/.test(text.slice(4, 10)));
    return isUsual ? text : convert(value);
  };
}

const dash = 45;
const [letterC, bracket] = [67, 40];

/** Years before Christ end in `BC`, or have `(BC)` after the day. */
function isAncient(text: string): boolean {
  return text.charCodeAt(text.length - 1) === letterC || text.charCodeAt(11) === bracket;
}

/** @returns null where values of one type never become values of the other */
function judging(from: TransferType, to: TransferType): Converter | null {
  switch (to.kind) {
    case 'text':
      return toText(from, to);
    case 'bytes':
      return ['bytes', 'text'].includes(from.kind) ? (value) => toBytes(value, to) : null;
    case 'integer':
      return ofNumbers(from) ? (value) => toInteger(numberText(value, from), to) : null;
    case 'decimal':
      return ofNumbers(from) ? (value) => toDecimal(numberText(value, from), to) : null;
    case 'float':
      return ofNumbers(from) ? (value) => toFloat(numberText(value, from), from, to) : null;
    case 'boolean':
      return ['boolean', 'integer', 'text', 'bits', 'decimal'].includes(from.kind)
        ? (value) => toBoolean(textOf(value).trim())
        : null;
    case 'date':
      return ['date', 'timestamp', 'text'].includes(from.kind)
        ? (value) => asDate(textOf(value), to)
        : null;
    case 'time':
      return ['time', 'text'].includes(from.kind) ? (value) => asTime(textOf(value), to) : null;
    case 'timestamp':
      return ['date', 'timestamp', 'text'].includes(from.kind)
        ? (value) => asTimestamp(textOf(value), to)
        : null;
    case 'json':
      if (from.kind === 'json') return (value) => textOf(value);
      return from.kind === 'text' ? (value) => toJson(textOf(value)) : null;
    case 'uuid':
      return ['uuid', 'text'].includes(from.kind) ? (value) => toUuid(textOf(value).trim()) : null;
    case 'bits':
      return ['bits', 'text', 'boolean', 'integer'].includes(from.kind)
        ? (value) => toBits(textOf(value).trim(), from, to)
        : null;
    case 'interval':
      return ['interval', 'text', 'time'].includes(from.kind) ? textOf : null;
    case 'other':
      return from.kind === 'text' || (from.kind === 'other' && from.name === to.name)
        ? textOf
        : null;
  }
}

/** Whether a number may become of it. */
function ofNumbers({ kind }: TransferType): boolean {
  return ['integer', 'decimal', 'float', 'boolean', 'text', 'bits'].includes(kind);
}

function numberText(value: Value, from: TransferType): string {
  const text = textOf(value).trim();
  if (from.kind === 'boolean') return text === 'true' ? '1' : '0';
  if (from.kind === 'bits') return String(BigInt(`0b${text || '0'}`));
  return text;
}

function toText(from: TransferType, to: Of<'text'>): Converter {
  // Quick where nothing can be wrong.
  const unbounded = to.maxCharacters === null && to.maxBytes === null && to.astral;
  const holdsText = ['text', 'json', 'other', 'bytes'].includes(from.kind);
  const mayHoldNul = ['text', 'bytes'].includes(from.kind);
  return (value) => {
    const text = textOf(value);
    if (mayHoldNul && !to.nul && text.includes('\0')) {
      throw new DirtyValue('holds a NUL character, which the target does not take');
    }
    if (holdsText && typeof value === 'string' && /\p{Surrogate}/u.test(text)) {
      throw new DirtyValue('holds half of a character');
    }
    if (!unbounded) checkBounds(text, to);
    return text;
  };
}

function checkBounds(given: string, to: Of<'text'>): void {
  const text = to.padded ? given.replace(/ +$/, '') : given;
  const { maxCharacters, maxBytes } = to;
  if (maxCharacters !== null && text.length > maxCharacters) {
    const characters = Array.from(text).length;
    if (characters > maxCharacters) {
      throw new DirtyValue(`has ${characters} characters; at most ${maxCharacters} fit`);
    }
  }
  if (maxBytes !== null && text.length * 3 > maxBytes) {
    const bytes = encoder.encode(text).length;
    if (bytes > maxBytes) throw new DirtyValue(`has ${bytes} bytes; at most ${maxBytes} fit`);
  }
  if (!to.astral && /[\u{10000}-\u{10ffff}]/u.test(text)) {
    throw new DirtyValue('holds a character of four bytes, which the target does not take');
  }
}

function toBytes(value: Value, { maxBytes }: Of<'bytes'>): Uint8Array {
  const bytes = typeof value === 'string' ? encoder.encode(value) : value;
  if (maxBytes !== null && bytes.length > maxBytes) {
    throw new DirtyValue(`has ${bytes.length} bytes; at most ${maxBytes} fit`);
  }
  return bytes;
}

/** Digits before and after the point, without zeros that mean nothing. */
interface Digits {
  negative: boolean;
  whole: string;
  fraction: string;
}

const decimalPattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** @returns null for a text that is no decimal number */
function digitsOf(text: string): Digits | null {
  const found = decimalPattern.exec(text);
  if (found === null) return null;
  const [, sign = '', whole = '', fraction = '', exponent] = found;
  if (whole === '' && fraction === '') return null;
  let digits = whole + fraction;
  let point = whole.length + Number(exponent ?? 0);
  if (point < 0) {
    digits = '0'.repeat(-point) + digits;
    point = 0;
  }
  if (point > digits.length) digits += '0'.repeat(point - digits.length);
  return {
    negative: sign === '-',
    whole: digits.slice(0, point).replace(/^0+/, ''),
    fraction: digits.slice(point).replace(/0+$/, ''),
  };
}

function plain({ negative, whole, fraction }: Digits): string {
  const number = `${whole || '0'}${fraction && `.${fraction}`}`;
  return negative && /[1-9]/.test(number) ? `-${number}` : number;
}

const wholePattern = /^-?\d{1,15}$/;

function toInteger(text: string, { min, max }: Of<'integer'>): string {
  let plainText = text;
  if (!wholePattern.test(text)) {
    const digits = digitsOf(text);
    if (digits === null) throw misfit(text, 'no whole number');
    if (digits.fraction !== '') throw misfit(text, 'no whole number');
    plainText = plain(digits);
  }
  const value = BigInt(plainText);
  if (value < min || value > max) throw misfit(text, `out of range (${min} to ${max})`);
  return String(value);
}

const specials: Record<string, string> = {
  nan: 'NaN',
  inf: 'Infinity',
  infinity: 'Infinity',
  '+inf': 'Infinity',
  '+infinity': 'Infinity',
  '-inf': '-Infinity',
  '-infinity': '-Infinity',
};

/** NaN and the infinities where the target has them. */
function specialOf(text: string, allowed: boolean): string | null {
  const special = specials[text.toLowerCase()];
  if (special === undefined) return null;
  if (!allowed) throw misfit(text, 'not among the values of the target');
  return special;
}

function toDecimal(text: string, { precision, scale, special }: Of<'decimal'>): string {
  const digits = digitsOf(text);
  if (digits === null) {
    const found = specialOf(text, special);
    if (found === null) throw misfit(text, 'no number');
    return found;
  }
  if (precision !== null) {
    const places = scale ?? 0;
    if (digits.fraction.length > places) {
      throw misfit(text, `too exact: ${places} digits after the point fit`);
    }
    if (digits.whole.length > precision - places) {
      throw misfit(text, `out of range: ${precision - places} digits before the point fit`);
    }
  }
  return plain(digits);
}

function toFloat(text: string, from: TransferType, { bits, special }: Of<'float'>): string {
  const digits = digitsOf(text);
  if (digits === null) {
    const found = specialOf(text, special);
    if (found === null) throw misfit(text, 'no number');
    return found;
  }
  const value = Number(text);
  const kept = bits === 64 ? value : Math.fround(value);
  if (!Number.isFinite(kept)) throw misfit(text, 'out of range');
  // A number that is written with as many digits as the type keeps is the nearest one, and exact
  // by that; more digits would be lost.
  const isSame = bits === 64 ? sameDigits(kept, digits, from) : nearest32(kept, value);
  if (!isSame) throw misfit(text, 'too exact for a floating-point number');
  return digits.negative && value === 0 ? '-0' : String(kept === value ? value : Number(text));
}

function sameDigits(kept: number, digits: Digits, from: TransferType): boolean {
  if (from.kind === 'float') return true;
  const again = digitsOf(String(kept))!;
  return again.whole === digits.whole && again.fraction === digits.fraction;
}

function nearest32(kept: number, value: number): boolean {
  if (kept === value) return true;
  return [6, 7, 8, 9].some((precision) => Number(kept.toPrecision(precision)) === value);
}

const truths: Record<string, string> = {
  true: 'true',
  t: 'true',
  '1': 'true',
  false: 'false',
  f: 'false',
  '0': 'false',
};

function toBoolean(text: string): string {
  const truth = truths[text.toLowerCase()];
  if (truth === undefined) throw misfit(text, 'neither true nor false');
  return truth;
}

function toJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    throw misfit(text, 'no JSON');
  }
}

function toUuid(text: string): string {
  if (!/^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text)) throw misfit(text, 'no UUID');
  return text.toLowerCase();
}

function toBits(text: string, from: TransferType, { length }: Of<'bits'>): string {
  const ones = from.kind === 'boolean' ? (text === 'true' ? '1' : '0') : text;
  const bits = from.kind === 'integer' ? BigInt(ones).toString(2) : ones;
  if (!/^[01]+$/.test(bits)) throw misfit(text, 'no sequence of bits');
  if (length !== null && from.kind !== 'bits') return padBits(bits, length);
  if (length !== null && bits.length !== length) throw misfit(text, `not of ${length} bits`);
  return bits;
}

function padBits(bits: string, length: number): string {
  if (bits.length > length) throw misfit(bits, `longer than ${length} bits`);
  return bits.padStart(length, '0');
}

/** A function for a whole column: NULL stays NULL where the target takes it. */
export function cellConverterOf(
  from: { type: TransferType },
  to: { type: TransferType; nullable: boolean },
): ((cell: Cell) => Cell) | null {
  const convert = converterOf(from.type, to.type);
  if (convert === null) return null;
  return (cell) => {
    if (cell !== null) return convert(cell);
    if (!to.nullable) throw new DirtyValue('is NULL, which the target does not take');
    return null;
  };
}
