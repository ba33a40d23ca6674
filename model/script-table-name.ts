/** Names of tables as scripts write them: `table`, `schema.table`, parts in the quotes of SQL. */

export interface ScriptTable {
  /** Null: the connection's own. */
  schema: string | null;
  table: string;
}

const part = /(?:"((?:[^"]|"")+)"|`((?:[^`]|``)+)`|([^."`]+))/y;

/** @returns null where the text is not a name of one or two parts */
export function parseScriptTable(text: string): ScriptTable | null {
  const parts: string[] = [];
  for (part.lastIndex = 0; ;) {
    const found = part.exec(text);
    if (found === null) return null;
    const name = found[1]?.replaceAll('""', '"') ?? found[2]?.replaceAll('``', '`') ?? found[3]!;
    parts.push(name.trim());
    if (part.lastIndex === text.length) break;
    if (text[part.lastIndex] !== '.') return null;
    part.lastIndex += 1;
  }
  const [first, second, ...rest] = parts;
  if (first === undefined || parts.includes('')) return null;
  // A file's name may hold dots, and so may the last part of every table's name.
  if (second === undefined) return { schema: null, table: first };
  return { schema: first, table: [second, ...rest].join('.') };
}

/** The schema that a name without one means; null for MySQL, where it is the connection's database. */
export const defaultSchema: Record<string, string | null> = {
  postgres: 'public',
  duckdb: 'main',
  files: 'main',
  mysql: null,
};
