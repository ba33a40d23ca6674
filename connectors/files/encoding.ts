/** Which encoding a text is in. Names are those of the WHATWG encoding standard. */
import { isUtf8 } from 'node:buffer';
import { analyse } from 'chardet';
import type { TextSurvey } from './survey';

/**
 * Half of a UTF-16 text of Latin letters and digits are NULs, all at places of one parity; of a Chinese
 * one a few are, those of its delimiters and line ends, and `一` has one as well.
 */
function utf16Of({ nulEven, nulOdd, size, head, utf8 }: TextSurvey): string | null {
  // What is UTF-8 as well has hardly a character but Latin letters and digits.
  if (nulEven + nulOdd < size / (utf8 ? 4 : 20)) return null;
  const ends = lineEnds(head);
  if (ends.all > 0) {
    // Half of another character may look like a line end, as in `上`.
    if (Math.max(ends.little, ends.big) < ends.all / 8) return null;
    return ends.little >= ends.big ? 'utf-16le' : 'utf-16be';
  }
  if (nulOdd > 4 * nulEven) return 'utf-16le';
  return nulEven > 4 * nulOdd ? 'utf-16be' : null;
}

/** Bytes that may end a line, and how many of them do so in UTF-16, where a NUL fills the character. */
function lineEnds(head: Buffer): { all: number; little: number; big: number } {
  const ends = { all: 0, little: 0, big: 0 };
  for (const [at, byte] of head.entries()) {
    if (byte !== 0x0a && byte !== 0x0d) continue;
    ends.all += 1;
    if (at % 2 === 0 && head[at + 1] === 0) ends.little += 1;
    if (at % 2 === 1 && head[at - 1] === 0) ends.big += 1;
  }
  return ends;
}

/** True when most lines with other letters are UTF-8: the rest are faults, not another encoding. */
function mostlyUtf8(sample: Buffer): boolean {
  let good = 0;
  let all = 0;
  for (let start = 0; start < sample.length; all += 1) {
    const end = sample.indexOf(0x0a, start);
    const line = sample.subarray(start, end < 0 ? sample.length : end);
    if (isUtf8(line)) good += 1;
    start += line.length + 1;
  }
  return good > 0 && good >= 0.5 * all;
}

interface DoubleByteEncoding {
  name: string;
  /** How much a character of the two bytes speaks for the encoding, 0 to 1. */
  weight(character: string, lead: number, trail: number): number;
}

const kana = /[\p{Script=Hiragana}\p{Script=Katakana}ー]/u;
const halfWidthKana = /[｡-ﾟ]/u;

// Common letters sit in one block of each of these encodings; text of another encoding read as
// this one falls all over the table. The blocks are told by the lead byte.
const doubleByteEncodings: DoubleByteEncoding[] = [
  {
    name: 'gb18030',
    weight(character, lead, trail) {
      if (kana.test(character)) return 0.3;
      if (trail < 0xa1) return 0;
      if (/[，。、；：？！“”‘’（）《》【】·￥…—]/u.test(character)) return 1;
      if (lead >= 0xb0 && lead <= 0xd7) return 1;
      return lead >= 0xd8 && lead <= 0xf7 ? 0.3 : 0;
    },
  },
  {
    name: 'shift_jis',
    weight(character, lead) {
      if (halfWidthKana.test(character)) return 0.3;
      if (kana.test(character)) return 1;
      return lead >= 0x88 && lead <= 0x98 ? 0.95 : lead === 0x81 ? 0.8 : 0.2;
    },
  },
  {
    name: 'euc-jp',
    // Without kana the common blocks are those of GB18030 too, which is far more frequent.
    weight: (character, lead) =>
      kana.test(character) ? 1 : lead >= 0xb0 && lead <= 0xcf ? 0.75 : 0,
  },
  {
    name: 'euc-kr',
    weight: (_, lead) => (lead >= 0xb0 && lead <= 0xc8 ? 0.99 : 0),
  },
  {
    name: 'big5',
    weight: (_, lead) => (lead >= 0xa4 && lead <= 0xc6 ? 0.97 : lead === 0xa1 ? 0.8 : 0.2),
  },
];

/** A share of common letters below this is what chance gives. */
const believable = 0.5;
/** Below this, words of another alphabet may look like pairs of bytes by chance. */
const certain = 0.85;
/** So many letters tell Korean from Chinese, whose common blocks overlap. */
const enoughForKorean = 30;

function plausibility(sample: Buffer, encoding: DoubleByteEncoding): number {
  let text: string;
  try {
    text = new TextDecoder(encoding.name, { fatal: true }).decode(sample);
  } catch {
    return 0;
  }
  let total = 0;
  let letters = 0;
  let at = 0;
  for (const character of text) {
    const byte = sample[at] as number;
    if (character.charCodeAt(0) < 0x80) {
      at += 1;
      continue;
    }
    total += encoding.weight(character, byte, sample[at + 1] ?? 0);
    letters += 1;
    at += encodedLength(encoding.name, sample, at);
  }
  if (encoding.name === 'euc-kr' && letters < enoughForKorean)
    return Math.min(total / letters, 0.9);
  return letters === 0 ? 0 : total / letters;
}

function encodedLength(name: string, bytes: Buffer, at: number): number {
  const lead = bytes[at] as number;
  const second = bytes[at + 1] ?? 0;
  if (name === 'shift_jis' && lead >= 0xa1 && lead <= 0xdf) return 1;
  if (name === 'gb18030' && second >= 0x30 && second <= 0x39) return 4;
  if (name === 'gb18030' && lead === 0x80) return 1;
  return name === 'euc-jp' && lead === 0x8f ? 3 : 2;
}

function doubleByteOf(sample: Buffer): string | null {
  const ranked = doubleByteEncodings
    .map((encoding) => ({ name: encoding.name, score: plausibility(sample, encoding) }))
    .toSorted((a, b) => b.score - a.score);
  const [best] = ranked;
  if (!best || best.score < believable) return null;
  if (best.score >= certain) return best.name;
  const likeWords = ['windows-1251', 'windows-1253'].some((name) => looksLikeWords(sample, name));
  return likeWords ? null : best.name;
}

/** Names that chardet gives to single-byte encodings, and the superset that we read them as. */
const latin: Record<string, string> = {
  'ISO-8859-1': 'windows-1252',
  'windows-1252': 'windows-1252',
  'windows-1250': 'windows-1250',
  'ISO-8859-2': 'iso-8859-2',
  'ISO-8859-9': 'windows-1254',
  'windows-1254': 'windows-1254',
  'windows-1257': 'windows-1257',
};
const otherAlphabets: Record<string, string> = {
  'windows-1251': 'windows-1251',
  'KOI8-R': 'koi8-r',
  'ISO-8859-5': 'iso-8859-5',
  'ISO-8859-7': 'windows-1253',
  'windows-1253': 'windows-1253',
  'ISO-8859-8': 'windows-1255',
  'windows-1255': 'windows-1255',
  'ISO-8859-6': 'windows-1256',
  'windows-1256': 'windows-1256',
};

/** True when words are wholly of other letters, where Latin ones have an accent here and there. */
function isOtherAlphabet(sample: Buffer): boolean {
  let high = 0;
  let ascii = 0;
  for (const word of sample.toString('latin1').match(/[A-Za-z\x80-\xff]+/g) ?? []) {
    const highHere = word.replace(/[\0-\x7f]/g, '').length;
    if (highHere === 0) continue;
    high += highHere;
    ascii += word.length - highHere;
  }
  return high > 4 * ascii;
}

/** Words are one capital and small letters, or all of one case; in the wrong table they are not. */
function looksLikeWords(sample: Buffer, encoding: string): boolean {
  const text = new TextDecoder(encoding).decode(sample);
  const words = text.match(/[^\0-\x7f]{2,}/g) ?? [];
  const good = words.filter((word) => /^(\p{Lu}?\p{Ll}+|\p{Lu}+|\p{Lo}+)$/u.test(word));
  return good.length >= 0.8 * words.length;
}

function singleByteOf(sample: Buffer): string {
  const matches = analyse(sample);
  if (isOtherAlphabet(sample)) {
    for (const { name } of matches) {
      const encoding = otherAlphabets[name];
      if (encoding !== undefined && looksLikeWords(sample, encoding)) return encoding;
    }
  }
  const likely = matches.find((match) => latin[match.name] !== undefined);
  return (likely && latin[likely.name]) ?? 'windows-1252';
}

/**
 * The encoding of a surveyed text. ASCII counts as `utf-8`, and so does UTF-8 with a few broken
 * bytes, which the reader then refuses by line.
 */
export function encodingOf(survey: TextSurvey): string {
  const [first, second] = survey.head;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const utf16 = utf16Of(survey);
  if (utf16 !== null) return utf16;
  if (survey.utf8 || mostlyUtf8(survey.sample)) return 'utf-8';
  return doubleByteOf(survey.sample) ?? singleByteOf(survey.sample);
}
