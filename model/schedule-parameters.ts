/**
 * Schedule parameters: named values that are put into a script when it runs, by its schedule time in
 * the task's timezone. `docs/schedule-parameters.md` tells what can be written.
 */
import { readExpression, type EvaluatedAt } from './parameters/expression';
import { UnreadableValue } from './parameters/refusal';
import { namedTime, readValue } from './parameters/value';
import type { ScriptParameter } from './script-version';

export type { EvaluatedAt } from './parameters/expression';
export { UnreadableValue } from './parameters/refusal';

export interface ResolvedParameters {
  text: string;
  /** What each parameter came to, and each time that the text names without one. */
  values: Record<string, string>;
  /** What the text names and nobody has set, in its order. */
  unresolved: string[];
}

/** Names of parameters; `${name}` stands for one in the text. */
export const parameterNamePattern = /^[A-Za-z_][\w.-]{0,63}$/;

/**
 * Why the value of a parameter cannot be read.
 * @returns one sentence that begins in lower case; null where it can be read
 */
export function problemOfValue(value: string): string | null {
  try {
    readValue(value);
    return null;
  } catch (error) {
    if (error instanceof UnreadableValue) return error.message;
    throw error;
  }
}

/**
 * Puts values in the place of each `${name}` of a text. Inside JSON strings they are escaped, so that
 * what was JSON before is JSON after.
 * @param at.scheduleTime of a run without one, the time at which it was asked for
 * @throws UnreadableValue naming the parameter
 */
export function resolveParameters(
  text: string,
  parameters: readonly ScriptParameter[],
  at: EvaluatedAt,
): ResolvedParameters {
  const values = new Map(parameters.map(({ name, value }) => [name, valueOf(name, value, at)]));
  const unresolved = new Set<string>();
  const resolved = replacePlaceholders(text, (name) => {
    if (unresolved.has(name)) return null;
    const value = values.get(name) ?? unsetValue(name, at);
    if (value === null) unresolved.add(name);
    else values.set(name, value);
    return value;
  });
  return { text: resolved, values: Object.fromEntries(values), unresolved: [...unresolved] };
}

/** What a text names in `${…}`, each once and in its order. */
export function placeholdersOf(text: string): string[] {
  const names = new Set<string>();
  replacePlaceholders(text, (name) => {
    names.add(name);
    return null;
  });
  return [...names];
}

function valueOf(name: string, value: string, at: EvaluatedAt): string {
  try {
    return readValue(value)(at);
  } catch (error) {
    if (!(error instanceof UnreadableValue)) throw error;
    throw new UnreadableValue(
      `the value of the parameter ${name} cannot be read: ${error.message}`,
    );
  }
}

/** What a text may name without a parameter: `bizdate` and its like, and times by the business date. */
function unsetValue(name: string, at: EvaluatedAt): string | null {
  const evaluate = namedTime(name);
  if (evaluate) return evaluate(at);
  try {
    return readExpression(name, 'business')(at);
  } catch (error) {
    if (error instanceof UnreadableValue) return null;
    throw error;
  }
}

/** Longer than any name or time; what is longer is no placeholder. */
const longestPlaceholder = 100;

/**
 * Goes through a text once, as a script may be long.
 * @param valueOf null: the placeholder stays as it is
 */
function replacePlaceholders(text: string, valueOf: (name: string) => string | null): string {
  const pieces: string[] = [];
  let kept = 0;
  let inString = false;
  for (let at = nextMark(text, 0); at < text.length; at = nextMark(text, at)) {
    if (text[at] === '"') inString = !inString;
    // What is escaped within a string ends none.
    if (text[at] === '\\' && inString) at += 1;
    const end = text[at] === '$' ? endOfPlaceholder(text, at) : null;
    const value = end === null ? null : valueOf(text.slice(at + 2, end - 1).trim());
    if (value !== null) {
      pieces.push(text.slice(kept, at), inString ? JSON.stringify(value).slice(1, -1) : value);
      kept = end!;
    }
    at = end ?? at + 1;
  }
  return pieces.join('') + text.slice(kept);
}

/** Where the next quotation mark, backslash or dollar sign is; the length where there is none. */
function nextMark(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"' || character === '\\' || character === '$') return at;
  }
  return text.length;
}

/** @returns where the text goes on behind `${…}`; null where there is none */
function endOfPlaceholder(text: string, at: number): number | null {
  const match = /^\$\{[^{}"\\]*\}/.exec(text.slice(at, at + longestPlaceholder));
  return match && at + match[0].length;
}
