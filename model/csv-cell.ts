/** Below zero, as programs write it: a spreadsheet takes it for nothing but a number. */
const negative = /^-\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** One cell for spreadsheets. Text that one would take for a formula gets an apostrophe in front. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !negative.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
