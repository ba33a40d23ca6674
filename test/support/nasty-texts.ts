/** Texts that normalising gets wrong, and phone numbers as people write them; for property tests. */
import fc from 'fast-check';
import { trimmedCharacters } from '../../model/id-text';

/** One of the code points of a text. */
function letterOf(text: string): fc.Arbitrary<string> {
  return fc.constantFrom(...Array.from(text));
}

const letters = fc.oneof(
  letterOf(trimmedCharacters),
  letterOf('aAzZ@._-*%\\\'"019 \t\0\u007f'),
  // What changes its length or its neighbours in another form or case.
  letterOf('İıΣςẞßKÅſTtJjHh\u0308\u030c\u0331\u0307\u0345ﬁ①㎏ﷺ가ᄀ\u1161'),
  letterOf('＋０９（）－〜＊﹡٠٩۴‐–−…¨👍🏽\u{1f1e9}\u{10ffff}\ud7ff\ue000'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);

const phoneCharacters = letterOf('00112345678901234567899+ ()-./\u00a0\u2011\u200e');

const phones = fc
  .record({
    before: fc.constantFrom('', '', ' ', '(', '\u202a', 'tel:'),
    code: fc.constantFrom('', '+', '+1', '+49', '+490', '+86', '+54', '00', '0', '0049', '86'),
    number: fc.array(phoneCharacters, { maxLength: 15 }),
    after: fc.constantFrom('', '', '\u202c', '\n', 'x', '.0', '.0 '),
  })
  .map(({ before, code, number, after }) => `${before}${code}${number.join('')}${after}`);

/** Any texts, with well-formed surrogates as tables hold them. */
export const nastyTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.array(letters, { maxLength: 14 }).map((some) => some.join('')) },
  { weight: 3, arbitrary: phones },
  { weight: 1, arbitrary: letters.map((letter) => letter.repeat(2_000)) },
);

export const nastyRules = fc.record({
  form: fc.constantFrom('text' as const, 'email', 'phone', 'exact'),
  case: fc.constantFrom('lower' as const, 'kept'),
  region: fc.constantFrom(null, 'DE' as const, 'CN', 'US', 'AR', 'BR', 'IT', 'VI'),
});
