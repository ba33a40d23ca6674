/** Reading the text of a sync script: what it says, and where it says what it should not. */
import { parseTree, findNodeAtLocation, getNodeValue, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { formatPath, problemsOf } from './field-errors';
import { checkScript, type ScriptRemark } from './script-checks';
import { maxScriptLength, scriptSchema, type SyncScript } from './script-schema';

export * from './script-schema';

/** Something about a script, at the place where it stands. */
export interface ScriptProblem {
  /** As in `job.content[0].reader.name`; empty for the script as a whole. */
  path: string;
  message: string;
  /** From 0, in UTF-16 units as editors count. */
  offset: number;
  /** Both from 1. */
  line: number;
  column: number;
  severity: 'error' | 'warning';
}

/**
 * Reads a script. Comments and commas before a closing bracket are allowed, as DataX's own samples
 * have them.
 * @returns the script with what it is warned of, or what is wrong with it
 */
export function parseScript(
  text: string,
):
  | { script: SyncScript; problems: ScriptProblem[] }
  | { script?: never; problems: ScriptProblem[] } {
  const { length } = Array.from(text);
  if (length > maxScriptLength) {
    const message = `the script has ${length} characters; at most ${maxScriptLength} are allowed`;
    return { problems: [problemAt(text, 0, { path: [], message, severity: 'error' })] };
  }
  const deep = tooDeepAt(text);
  if (deep !== null) {
    const message = `it is nested more than ${maxDepth} levels deep`;
    return { problems: [problemAt(text, deep, { path: [], message, severity: 'error' })] };
  }
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || root === undefined) return { problems: syntaxProblems(text, errors) };
  const value: unknown = getNodeValue(root);
  const found = mostTelling(remarksOf(value));
  const problems = found.map((remark) => problemAt(text, offsetOf(root, remark.path), remark));
  if (found.some(({ severity }) => severity === 'error')) return { problems };
  return { script: scriptSchema.parse(value), problems };
}

/** Deeper than any script; what reads it further goes down by recursion. */
const maxDepth = 50;

/** Where brackets are nested too deep; null where they are not. */
function tooDeepAt(text: string): number | null {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (inString && character === '\\') at += 1;
    else if (!inString && (character === '{' || character === '[')) depth += 1;
    else if (!inString && (character === '}' || character === ']')) depth -= 1;
    if (depth > maxDepth) return at;
  }
  return null;
}

/** Nobody reads more of them, and each is looked for in the text. */
const mostRemarks = 100;

/** Of too many remarks, errors before warnings. */
function mostTelling(remarks: ScriptRemark[]): ScriptRemark[] {
  if (remarks.length <= mostRemarks) return remarks;
  const of = (wanted: ScriptRemark['severity']) =>
    remarks.filter(({ severity }) => severity === wanted);
  return [...of('error'), ...of('warning')].slice(0, mostRemarks);
}

/** A remark at its place in a text; at the begin where that is not JSON. */
export function problemIn(text: string, remark: ScriptRemark): ScriptProblem {
  const root = tooDeepAt(text) === null && parseTree(text, [], { allowTrailingComma: true });
  return problemAt(text, root ? offsetOf(root, remark.path) : 0, remark);
}

function remarksOf(value: unknown): ScriptRemark[] {
  const wrong = problemsOf(scriptSchema, value);
  if (wrong.length === 0) return checkScript(scriptSchema.parse(value));
  return wrong.map(({ path, message }) => ({
    path: path as (string | number)[],
    message,
    severity: 'error',
  }));
}

function syntaxProblems(text: string, errors: ParseError[]): ScriptProblem[] {
  if (text.trim() === '') {
    const message = 'the script is empty; it must be a JSON object with `job`';
    return [problemAt(text, 0, { path: [], message, severity: 'error' })];
  }
  // What follows from the first error helps nobody.
  return errors.slice(0, 1).map(({ error, offset }) => {
    const words = printParseErrorCode(error)
      .replace(/([a-z])([A-Z])/g, '$1 $2')
      .toLowerCase();
    return problemAt(text, offset, {
      path: [],
      message: `this is not JSON: ${words}`,
      severity: 'error',
    });
  });
}

/** Where a value stands; for one that is missing, what it should be in. */
function offsetOf(root: Node, path: (string | number)[]): number {
  for (let end = path.length; end >= 0; end -= 1) {
    const node = findNodeAtLocation(root, path.slice(0, end));
    if (node === undefined) continue;
    return node.parent?.type === 'property' ? node.parent.offset : node.offset;
  }
  return root.offset;
}

function problemAt(text: string, offset: number, remark: ScriptRemark): ScriptProblem {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  const { message, severity } = remark;
  return { path: formatPath(remark.path), message, offset, line, column, severity };
}
