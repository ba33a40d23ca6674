/** What counts as one ID, by example. */
import fc from 'fast-check';
import { normalizeId, rulesOf, type IdTypeRulesInput } from '../../model/id-rules';
import { nastyRules, nastyTexts } from '../support/nasty-texts';
import { normalizeIdValue } from '../support/normalize-id-value';

function normalized(idType: string, raw: string, given?: IdTypeRulesInput): string | null {
  return normalizeId(rulesOf(idType, given), raw);
}

describe('an ID is compared', () => {
  it.each([
    ['email', 'Ann.Lee@Example.COM', 'ann.lee@example.com'],
    ['email', 'ÄNN@MÜLLER.DE', 'änn@müller.de'],
    ['email', 'ＡＮＮ＠mail.org', 'ann@mail.org'],
    ['email', 'İLKER@mail.org', 'ilker@mail.org'],
    ['email', 'ΟΔΟΣ@mail.org', 'οδοσ@mail.org'],
    ['email', 'A\u0308nn@mail.org', 'änn@mail.org'],
    ['idfa', 'AEBE52E7-03EE-455A-B3C4-E57283966239', 'aebe52e7-03ee-455a-b3c4-e57283966239'],
    ['gaid', 'AB-CD', 'ab-cd'],
    ['imei', '35-209900-176148-1A', '35-209900-176148-1A'],
    ['open_id', 'oAbC', 'oAbC'],
    ['loyalty_card', 'Gold-7', 'Gold-7'],
    ['loyalty_card', '①②', '12'],
    ['loyalty_card', '\u3000\u00a0G7\u200b\ufeff\n', 'G7'],
    ['loyalty_card', 'G7\0\0', 'G7'],
    ['loyalty_card', '0049 151', '0049 151'],
  ])('as %s %j is %j', (idType, raw, expected) => {
    expect(normalized(idType, raw)).toBe(expected);
  });

  it.each(['', ' ', '\t\r\n', '\u3000', '\u00a0\u2003', '\u200b'])(
    'not at all when it is %j',
    (raw) => {
      expect(normalized('phone', raw)).toBeNull();
      expect(normalized('loyalty_card', raw)).toBeNull();
    },
  );

  it('as it is where its form is exact, and not at all only when it is empty', () => {
    expect(normalized('email', ' Ａ ', { form: 'exact' })).toBe(' Ａ ');
    expect(normalized('email', ' ', { form: 'exact' })).toBe(' ');
    expect(normalized('email', '', { form: 'exact' })).toBeNull();
  });

  it('with or without its case, as it is set', () => {
    expect(normalized('email', 'Ann@mail.org', { case: 'kept' })).toBe('Ann@mail.org');
    expect(normalized('loyalty_card', 'Gold-7', { case: 'lower' })).toBe('gold-7');
    expect(normalized('mail', 'Ann@mail.org', { form: 'email' })).toBe('ann@mail.org');
  });
});

describe('a phone number is', () => {
  it.each([
    ['its digits', '0151 23456-789', '015123456789'],
    ['its digits', ' 013800000000 ', '013800000000'],
    ['its digits, in other digits too', '٠١٥١٢٣٤٥٦٧٨٩', '015123456789'],
    ['the whole number that a floating point one is', '13800000000.0', '13800000000'],
    [
      'the whole number that a floating point one is',
      ' １３８００００００００．０ ',
      '13800000000',
    ],
    ['the whole number that a floating point one is, a short one too', '1234.0', '1234'],
    ['its digits where other dots stand between them', '01.23.45.67.0', '012345670'],
    ['its digits where other dots stand between them', '13800000000.00', '1380000000000'],
    ['E.164 where it has a country code', '+49 (0)151 2345-6789', '+4915123456789'],
    ['E.164 where it has a country code', '(+86) 138.0013/8001', '+8613800138001'],
    [
      'E.164 as it is copied from an address book',
      '\u202a+49\u00a0151\u00a023456789\u202c',
      '+4915123456789',
    ],
    ['E.164 in full-width characters', '＋８６－１３８００１３８００１', '+8613800138001'],
    ['its digits without marks that nobody sees', '0151\u200e-234\u00ad56', '015123456'],
    ['its digits with the `+` where no such number can be', '+1 234-567', '+1234567'],
    ['its digits with the `+` of an unknown country', '+999 12345678', '+99912345678'],
  ])('%s: %j', (_, raw, expected) => {
    expect(normalized('phone', raw)).toBe(expected);
  });

  it.each([
    ['DE', '0151 23456789', '+4915123456789'],
    ['DE', '0049 151 23456789', '+4915123456789'],
    ['DE', '+86 13800138001', '+8613800138001'],
    ['CN', '138 0013 8001', '+8613800138001'],
    ['CN', '8613800138001', '+8613800138001'],
    ['CN', '13800138001.0', '+8613800138001'],
    ['CN', '010-6552-9988', '+861065529988'],
    ['US', '(212) 555-2368', '+12125552368'],
    ['US', '1-212-555-2368', '+12125552368'],
    ['US', '011 49 151 23456789', '+4915123456789'],
    ['US', '555-2368', '5552368'],
    ['AR', '011 15-2345-6789', '+5491123456789'],
  ])('read in its region: in %s %j is %j', (region, raw, expected) => {
    expect(normalized('phone', raw, { region })).toBe(expected);
  });

  it.each(['1234', '138 00 ext. 5', '138****8000', 'ann@mail.org', '12345x', '+-()'])(
    'not what %j looks like: it stays a text',
    (raw) => {
      expect(normalized('phone', raw, { region: 'DE' })).toBe(raw);
    },
  );
});

describe('over any texts, an ID', () => {
  it('is what the rules say one by one', () => {
    fc.assert(
      fc.property(nastyRules, nastyTexts, (rules, raw) => {
        expect(normalizeId(rules, raw)).toBe(normalizeIdValue(rules, raw));
      }),
      { numRuns: 5_000 },
    );
  });

  it('stays as it is when it is normalised again', () => {
    fc.assert(
      fc.property(nastyRules, nastyTexts, (rules, raw) => {
        const once = normalizeId(rules, raw);
        fc.pre(once !== null);
        expect(normalizeId(rules, once)).toBe(once);
      }),
      { numRuns: 5_000 },
    );
  });
});

it('every letter alone and with a mark behind it stays as it is when it is normalised again', () => {
  const rules = rulesOf('email', undefined);
  const changed: string[] = [];
  for (let point = 1; point <= 0x1_ffff; point += 1) {
    if (point >= 0xd800 && point < 0xe000) continue;
    for (const after of ['', '\u0308', '\u0307\u0327']) {
      const once = normalizeId(rules, String.fromCodePoint(point) + after);
      if (once !== null && normalizeId(rules, once) !== once) changed.push(point.toString(16));
    }
  }
  expect(changed).toEqual([]);
});
