/** Texts that PostgreSQL takes: it knows neither the character NUL nor half a character. */
const replacement = '\ufffd';

/** The text, with what PostgreSQL cannot hold replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.replace(unstorable, replacement);
}

// Under `u`, a surrogate matches only where its other half is missing.
const unstorable = /\0|\p{Surrogate}/gu;

/** JSON text of a value; what cannot be held is replaced in keys as well as in values. */
export function storableJson(value: unknown): string {
  const json = JSON.stringify(value ?? null);
  return json.includes('\\u') ? json.replace(escapes, replaceEscape) : json;
}

// An escaped backslash is taken as a whole, so that what follows it is not read as an escape.
const escapes = /\\\\|\\u0000|\\ud[89a-f][0-9a-f]{2}/g;

function replaceEscape(escape: string): string {
  return escape === '\\\\' ? escape : replacement;
}
