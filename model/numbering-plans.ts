/**
 * Which phone numbers libphonenumber takes as they are. Asking it takes microseconds, and tables
 * hold millions of numbers, most of which need no asking. A test holds both to the same answers.
 */
import {
  getCountries,
  getCountryCallingCode,
  isSupportedCountry,
  Metadata,
  type CountryCode,
  type NumberingPlan,
} from 'libphonenumber-js/min';

/** Two letters of ISO 3166, as in `DE`. */
export type Region = CountryCode;

export function isRegion(text: string): text is Region {
  return isSupportedCountry(text);
}

/** The library has them; its types leave them out. */
interface FullPlan extends NumberingPlan {
  nationalPrefixForParsing(): string | undefined;
  nationalNumberPattern(): string;
}

/** What decides how the library reads the national numbers of a calling code, in any region. */
interface CodePlan {
  /** What it may take from the front; null: nothing. */
  trunkPrefix: RegExp | null;
  /** Lengths that are possible in all regions of the code. */
  lengths: Set<number>;
}

/** What decides how it reads what is dialled in a region. */
interface RegionPlan {
  code: string;
  prefixAbroad: RegExp;
  trunkPrefix: RegExp | null;
  national: RegExp;
}

const regionsOfCodes = new Map<string, Region[]>();
for (const region of getCountries()) {
  const code = getCountryCallingCode(region);
  regionsOfCodes.set(code, [...(regionsOfCodes.get(code) ?? []), region]);
}

/** None of them begins another. */
export const callingCodes: readonly string[] = [...regionsOfCodes.keys()];

function fullPlan(region: Region): FullPlan {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(region);
  return metadata.numberingPlan as FullPlan;
}

function atFront(patterns: (string | undefined)[]): RegExp | null {
  const some = new Set(patterns.filter((pattern) => pattern));
  return some.size === 0 ? null : new RegExp(`^(?:${[...some].join('|')})`);
}

const codePlan = remembered((code: string): CodePlan => {
  const plans = (regionsOfCodes.get(code) ?? []).map(fullPlan);
  const lengths = plans
    .map((plan) => plan.possibleLengths())
    .reduce((common, others) => common.filter((length) => others.includes(length)));
  const prefixes = plans.map((plan) => plan.nationalPrefixForParsing());
  return { trunkPrefix: atFront(prefixes), lengths: new Set(lengths) };
});

const regionPlan = remembered((region: Region): RegionPlan => {
  const plan = fullPlan(region);
  return {
    code: getCountryCallingCode(region),
    prefixAbroad: new RegExp(`^(?:${plan.IDDPrefix()})`),
    trunkPrefix: atFront([plan.nationalPrefixForParsing()]),
    national: new RegExp(`^(?:${plan.nationalNumberPattern()})$`),
  };
});

function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const made = new Map<Key, Value>();
  return (key) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key);
    made.set(key, value);
    return value;
  };
}

/**
 * @param number `+` and digits
 * @returns true where the library reads exactly this number; false says nothing
 */
export function isSettled(number: string): boolean {
  const code = [2, 3, 4].map((end) => number.slice(1, end)).find((one) => regionsOfCodes.has(one));
  if (code === undefined) return false;
  const { trunkPrefix, lengths } = codePlan(code);
  const national = number.slice(1 + code.length);
  return lengths.has(national.length) && !trunkPrefix?.test(national);
}

/**
 * The same for what has no regular expressions but those of RE2.
 * @returns `whole`, which settled numbers match as a whole, and `trunk`, which none begins with
 */
export function settledExpressions(): { whole: string; trunk: string } {
  const whole: string[] = [];
  const trunk: string[] = [];
  for (const code of callingCodes) {
    const { trunkPrefix, lengths } = codePlan(code);
    const runs = runsOf([...lengths]).map(([least, most]) => `[0-9]{${least},${most}}`);
    if (runs.length > 0) whole.push(`${code}(?:${runs.join('|')})`);
    if (trunkPrefix !== null) trunk.push(`${code}(?:${trunkPrefix.source.slice(1)})`);
  }
  return { whole: `\\+(?:${whole.join('|')})`, trunk: `^\\+(?:${trunk.join('|')})` };
}

/** Numbers as runs of such as follow each other. */
function runsOf(numbers: number[]): [least: number, most: number][] {
  const runs: [number, number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const last = runs.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
}

/**
 * @param digits as they are dialled in the region
 * @returns the number where the library only puts the region's code before it, in the place of a
 *   trunk prefix if there is one; null says nothing
 */
export function settledNumber(digits: string, region: Region): string | null {
  const { code, prefixAbroad, trunkPrefix, national } = regionPlan(region);
  if (digits.startsWith(code) || prefixAbroad.test(digits)) return null;
  const trunk = trunkPrefix?.exec(digits) ?? null;
  // With a group the library may write the number anew.
  if (trunk !== null && trunk.length > 1 && trunk.at(-1) !== undefined) return null;
  const rest = digits.slice(trunk?.[0].length ?? 0);
  // It leaves a prefix on what is no number without it.
  if (trunk !== null && !national.test(rest)) return null;
  const number = `+${code}${rest}`;
  return isSettled(number) ? number : null;
}
