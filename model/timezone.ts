/** Names of time zones that both this program and Temporal know. */

/** Zones of IANA's list that are named in one word, and that `Intl` does not list. */
const plainNames = [
  ...['UTC', 'GMT', 'UCT', 'CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST'],
  ...['EST5EDT', 'CST6CDT', 'MST7MDT', 'PST8PDT', 'Japan', 'Singapore', 'Turkey', 'Poland', 'PRC'],
];

/** By their name in lower case, as they are written. */
const known = new Map(
  [...plainNames, ...Intl.supportedValuesOf('timeZone')].map((name) => [name.toLowerCase(), name]),
);

/** Former names of zones are not listed by `Intl`; all of them are written like this. */
const formerName = /^[A-Z][\w+-]*(\/[A-Z][\w+-]*)+$/;

/**
 * True for an IANA time zone, in the very letters of its name: Temporal looks zones up by letter
 * case, and does not know abbreviations such as `PST`.
 */
export function isTimezone(text: string): boolean {
  const listed = known.get(text.toLowerCase());
  if (listed !== undefined) return listed === text;
  return formerName.test(text) && isKnownToIntl(text);
}

function isKnownToIntl(timezone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}
