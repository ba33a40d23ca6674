/** What a schema found wrong with an input, field by field, in words for a person. */
import type { z } from 'zod';
import { TablegateError, type FieldError } from './errors';
import { knownFields } from './known-fields';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** What is wrong, at the steps that lead there. */
interface Found {
  path: Path;
  message: string;
}

/** What the input is, as the sentence on it names it. */
type InputPart = 'body' | 'query' | 'path' | 'task' | 'connection';

/**
 * Reads input with a schema.
 * @param below steps to where in its part the input stands, as in `['job', 'config']`
 * @throws TablegateError invalidInput with each field that is wrong
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  part: InputPart,
  below: Path = [],
): z.output<Schema> {
  const result = schema.safeParse(input, { error: wordIssue });
  if (result.success) return result.data;
  const fields = findings(schema, result.error.issues).map(({ path, message }) => ({
    path: formatPath([...below, ...path]),
    message,
  }));
  throw invalidInput(part, oneEach(fields));
}

/** What is wrong with an input, at the steps that lead there; the first of each place. */
export function problemsOf(schema: z.ZodType, input: unknown): { path: Path; message: string }[] {
  const result = schema.safeParse(input, { error: wordIssue });
  if (result.success) return [];
  const found = findings(schema, result.error.issues);
  const places = found.map(({ path }) => formatPath(path));
  return found.filter((_, index) => places.indexOf(places[index]!) === index);
}

/** The first that is said of each field: what follows from it helps nobody. */
function oneEach(errors: FieldError[]): FieldError[] {
  const seen = new Set<string>();
  return errors.filter(({ path }) => {
    const isFirst = !seen.has(path);
    seen.add(path);
    return isFirst;
  });
}

/** The refusal of an input, its sentence made from the first of the fields. */
export function invalidInput(part: InputPart, fields: FieldError[]): TablegateError {
  const [first] = fields;
  const where = first?.path ? `\`${first.path}\` in the ${part}` : `The ${part}`;
  const more = fields.length > 1 ? ` (and ${fields.length - 1} more)` : '';
  return new TablegateError('invalidInput', `${where}: ${first?.message ?? 'not valid'}${more}`, {
    fields,
  });
}

/** Joins the steps to a field, as in `tables[1].name`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = String(step);
    if (!/^[\p{L}_$][\p{L}\p{N}_$-]*$/u.test(name)) return `${text}[${JSON.stringify(name)}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

function findings(schema: z.ZodType, issues: readonly Issue[], base: Path = []): Found[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union') return unionErrors(schema, issue, path);
    if (issue.code === 'unrecognized_keys') return unknownFields(schema, issue.keys, path);
    return [{ path, message: issue.message }];
  });
}

function unknownFields(schema: z.ZodType, keys: string[], path: Path): Found[] {
  const known = knownFields(schema, path);
  const hint = known.length > 0 ? `; there are ${known.join(', ')}` : '';
  return keys.map((key) => ({
    path: [...path, key],
    message: `there is no such field${hint}`,
  }));
}

/** Of the ways that a union allows, tells of the one that was meant; of all where none was. */
function unionErrors(schema: z.ZodType, issue: z.core.$ZodIssueInvalidUnion, path: Path): Found[] {
  // A list of kinds that are told apart by a name says itself which names there are.
  if (issue.errors.length === 0) return [{ path, message: issue.message }];
  const [meant] = issue.errors
    .filter((branch) => !branch.some(isOfAnotherType))
    .sort((one, other) => one.length - other.length);
  if (meant) return findings(schema, meant, path);
  const expected = issue.errors.flat().filter(isOfAnotherType).flatMap(allowedBy);
  return [{ path, message: `it must be ${[...new Set(expected)].join(' or ')}` }];
}

type OtherType = z.core.$ZodIssueInvalidType | z.core.$ZodIssueInvalidValue;

/** Neither what is wanted nor, where only named values are, one of them. */
function isOfAnotherType(issue: Issue): issue is OtherType {
  const isOther = issue.code === 'invalid_type' || issue.code === 'invalid_value';
  return isOther && issue.path.length === 0;
}

function allowedBy(issue: OtherType): string[] {
  if (issue.code === 'invalid_type') return [expectedOf(issue)];
  return issue.values.map((value) => JSON.stringify(value));
}

const typeNames: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
};

function expectedOf({ expected }: { expected: string }): string {
  return typeNames[expected] ?? expected;
}

/** Words of issues whose schema brings none; undefined leaves zod's own. */
function wordIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_small') return wordBound('least', issue.origin, issue.minimum, issue);
  if (issue.code === 'too_big') return wordBound('most', issue.origin, issue.maximum, issue);
  const expected = expectedBy(issue);
  if (expected === undefined) return undefined;
  return issue.input === undefined
    ? `it is missing; it must be ${expected}`
    : `it must be ${expected}`;
}

function expectedBy(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return expectedOf({ expected: String(issue.expected) });
  if (issue.code !== 'invalid_value') return undefined;
  const values = issue.values.map((value) => JSON.stringify(value));
  return values.length === 1 ? values[0] : `one of ${values.join(', ')}`;
}

/** What is counted, where it is not the number itself: one, and more of it. */
const counted: Record<string, [string, string]> = {
  string: ['character', 'characters'],
  array: ['entry', 'entries'],
};

function wordBound(
  bound: 'least' | 'most',
  origin: string,
  limit: number | bigint,
  { inclusive = true }: { inclusive?: boolean },
): string | undefined {
  if (!inclusive) return `it must be ${bound === 'least' ? 'more' : 'less'} than ${limit}`;
  const units = counted[origin];
  if (units) {
    const [unit, verb] = Number(limit) === 1 ? [units[0], 'is'] : [units[1], 'are'];
    return `at ${bound} ${limit} ${unit} ${verb} ${bound === 'least' ? 'needed' : 'allowed'}`;
  }
  return origin === 'number' || origin === 'int' ? `it must be at ${bound} ${limit}` : undefined;
}
