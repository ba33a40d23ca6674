/** Schedule times as this vendor writes them, without an offset: `2026-01-20 00:00:00`. */

/** Every month has 28 days: most of the 100,000 times of a call are known to be real by this. */
const plainlyReal =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8]) (?:[01]\d|2[0-3])(?::[0-5]\d){2}$/;

/** @returns what is wrong with the text, for a person; null for the time of a real day */
export function plainTimeFault(text: string): string | null {
  if (plainlyReal.test(text)) return null;
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) {
    return 'it must be written yyyy-MM-dd HH:mm:ss, as in 2026-01-20 00:00:00';
  }
  const at = new Date(`${text.replace(' ', 'T')}Z`);
  const isReal = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text.replace(' ', 'T'));
  return isReal ? null : `there is no such day or time of day as ${text}`;
}
