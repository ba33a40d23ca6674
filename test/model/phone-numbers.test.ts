/** The numbers that need no asking are those that libphonenumber takes as they are. */
import {
  getCountries,
  getCountryCallingCode,
  parsePhoneNumberFromString,
  type CountryCode,
} from 'libphonenumber-js';
import examples from 'libphonenumber-js/examples.mobile.json';
import { isSettled, settledNumber } from '../../model/numbering-plans';
import { normalizePhone } from '../../model/phone-numbers';

const regions = getCountries();

/** Digits that look drawn, the same in every run. */
function digitsOf(seed: number, count: number): string {
  let state = seed * 2 + 1;
  return Array.from({ length: count }, () => {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    return String((state >>> 16) % 10);
  }).join('');
}

function answerOf(number: string, region?: CountryCode): string | undefined {
  const parsed = parsePhoneNumberFromString(number, region);
  return parsed?.isPossible() ? parsed.number : undefined;
}

/** Numbers that begin as the region's example does, 4 to 17 digits long. */
function numbersOf(region: CountryCode): string[] {
  const example = examples[region];
  return Array.from({ length: 240 }, (_, seed) => {
    const kept = seed % Math.min(example.length, 4);
    const before = ['', '', '0', '1', '8', '00', getCountryCallingCode(region)][seed % 7] ?? '';
    return before + example.slice(0, kept) + digitsOf(seed, 4 + (seed % 13) - kept);
  });
}

test('what is taken for settled is what the library answers, in every region', () => {
  const asked = regions.flatMap((region) =>
    numbersOf(region).flatMap((national) => {
      const whole = `+${getCountryCallingCode(region)}${national}`;
      return [
        { settled: settledNumber(national, region), answer: answerOf(national, region) },
        { settled: isSettled(whole) ? whole : null, answer: answerOf(whole) },
      ];
    }),
  );
  const settled = asked.filter((one) => one.settled !== null);
  expect(settled.length).toBeGreaterThan(asked.length * 0.1);
  expect(settled.filter((one) => one.settled !== one.answer)).toEqual([]);
});

test('most numbers of most regions are, also as they are dialled there', () => {
  const unasked = regions.filter((region) => settledNumber(examples[region], region) !== null);
  expect(unasked.length).toBeGreaterThan(regions.length * 0.8);
  for (const region of ['DE', 'GB', 'FR', 'IN', 'CN', 'JP', 'TR'] as const) {
    const expected = `+${getCountryCallingCode(region)}${examples[region]}`;
    expect(settledNumber(`0${examples[region]}`, region)).toBe(expected);
  }
});

test('the example of every region has one E.164, with its country code and without', () => {
  for (const region of regions) {
    const expected = `+${getCountryCallingCode(region)}${examples[region]}`;
    expect(normalizePhone(expected, null)).toBe(expected);
  }
  // Two small islands have numbers that are too short to be taken for one without a code.
  for (const region of regions.filter((one) => examples[one].length > 4)) {
    const expected = `+${getCountryCallingCode(region)}${examples[region]}`;
    expect(normalizePhone(examples[region], region)).toBe(expected);
  }
});
