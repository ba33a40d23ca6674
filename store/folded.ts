/** The same text for every way of writing a name, for search whatever the case. */
export function folded(text: string): string {
  // By way of capitals, as `ß` and `SS` meet only there; not in SQL, where it is up to the locale.
  return text.normalize('NFKC').toUpperCase().toLowerCase();
}
