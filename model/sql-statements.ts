/** The statements of a text of SQL, told apart as a database would. Pure. */

/** Where what begins with a mark is over; the end of the text where it never is. */
function behind(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found === -1 ? sql.length : found + mark.length;
}

/** Where a text in quotes ends; a quote that is doubled is part of it. */
function endOfQuoted(sql: string, at: number): number {
  const quote = sql[at]!;
  const hasEscapes = quote === "'" && /(^|[^\w$])e$/i.test(sql.slice(Math.max(0, at - 2), at));
  for (let end = at + 1; end < sql.length; end += 1) {
    if (hasEscapes && sql[end] === '\\') end += 1;
    else if (sql[end] === quote && sql[end + 1] === quote) end += 1;
    else if (sql[end] === quote) return end + 1;
  }
  return sql.length;
}

/** Where a comment or a quoted text that begins here is over; null where none does. */
function endOfOther(sql: string, at: number): number | null {
  const character = sql[at]!;
  if (character === "'" || character === '"' || character === '`') return endOfQuoted(sql, at);
  if (sql.startsWith('--', at)) return behind(sql, '\n', at);
  // MySQL runs what stands in comments of this kind.
  if (sql.startsWith('/*', at) && !/^\/\*M?!/.test(sql.slice(at, at + 4))) {
    return behind(sql, '*/', at + 2);
  }
  if (character !== '$') return null;
  const tag = /^\$([A-Za-z_]\w*)?\$/.exec(sql.slice(at, at + 70))?.[0];
  return tag === undefined ? null : behind(sql, tag, at + tag.length);
}

/** @returns each without its semicolon; those that are empty are left out */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let begin = 0;
  let depth = 0;
  for (let at = 0; at < sql.length; at += 1) {
    const end = endOfOther(sql, at);
    if (end !== null) at = end - 1;
    else if (sql[at] === '(') depth += 1;
    else if (sql[at] === ')') depth -= 1;
    else if (sql[at] === ';' && depth <= 0) {
      statements.push(sql.slice(begin, at));
      begin = at + 1;
    }
  }
  statements.push(sql.slice(begin));
  return statements.map((one) => one.trim()).filter((one) => one !== '');
}
