/** Texts as they stand in DuckDB's SQL: names and values of any script, quoted. */

/** A name (schema, table, column) as an identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The spelling under which DuckDB keeps a name: only the case of A to Z says nothing to it. */
export function foldName(name: string): string {
  return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** A value as an expression, which is a literal where it can be: at a NUL a statement would end. */
export function quoteText(text: string): string {
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}

/**
 * A path as a literal for read_csv and read_parquet, which take patterns: characters that mean
 * something in a pattern stand for themselves. Without this `data[1].csv` reads `data1.csv`.
 */
export function quotePath(path: string): string {
  return quoteText(path.replace(/[[*?]/g, (character) => `[${character}]`));
}

/** `catalog.schema.table` with each part quoted. */
export function quoteName(...parts: string[]): string {
  return parts.map(quoteIdentifier).join('.');
}
