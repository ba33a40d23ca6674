/** Names and values as they stand in MySQL's SQL. */

/** A name (database, table, column) as an identifier. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `database.table` with each part quoted. */
export function quoteName(...parts: string[]): string {
  return parts.map(quoteIdentifier).join('.');
}

/** A text as a literal; sessions read a backslash like any other character. */
export function quoteText(text: string): string {
  if (text.includes('\0')) return `_utf8mb4 ${quoteBytes(text)}`;
  return `'${text.replaceAll("'", "''")}'`;
}

/** A text as bytes, which are compared as they are whatever the collation. */
export function quoteBytes(text: string): string {
  return `X'${Buffer.from(text, 'utf8').toString('hex')}'`;
}
