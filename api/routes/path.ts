/** Paths of the table of routes as regular expressions. */

const placeholder = /\{(\w+)\}/g;

/** Names of the parts in braces, in order. */
export function paramNames(path: string): string[] {
  return [...path.matchAll(placeholder)].map((match) => match[1] as string);
}

/**
 * Makes the expression that a request's path is compared with, before percent-decoding.
 * @param path as in OpenAPI; a part in braces is one segment or what stands before `:verb` in it
 * @returns an expression with a named group for each part; a slash at the end is tolerated
 */
export function pathPattern(path: string): RegExp {
  const names = paramNames(path);
  const literals = path.split(/\{\w+\}/).map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  const pattern = literals.reduce((text, literal, index) => {
    const name = names[index - 1] as string;
    // Ids hold no colon, so that `/tasks/x:unknown` is no task; a table's name may hold any.
    return `${text}(?<${name}>${name === 'table' ? '[^/]+' : '[^/:]+'})${literal}`;
  });
  return new RegExp(`^${pattern}/?$`);
}

/** True for a path whose last segment ends in `:verb`, as those of calls that do something. */
export function endsInVerb(path: string): boolean {
  return /:[a-z-]+\/?$/.test(path);
}
