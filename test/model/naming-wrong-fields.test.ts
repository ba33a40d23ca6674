/** What is wrong with an input is named at its own path, with what is allowed. */
import { z } from 'zod';
import { TablegateError } from '../../model/errors';
import { parseInput } from '../../model/field-errors';

const schema = z.strictObject({
  output: z.string().default('main.result'),
  columns: z.array(z.strictObject({ column: z.string() })).optional(),
  notices: z.union([z.literal(false), z.strictObject({ to: z.string() })]).optional(),
});

function refusalOf(input: unknown): TablegateError {
  try {
    parseInput(schema, input, 'task', ['job', 'config']);
  } catch (error) {
    if (error instanceof TablegateError) return error;
  }
  throw new Error('it was not refused');
}

test('an unknown field below other input is named where it stands, with the fields there are', () => {
  const { code, message, fields } = refusalOf({ outputt: 'main.x' });
  expect(code).toBe('invalidInput');
  const said = 'there is no such field; there are output, columns, notices';
  expect(fields).toEqual([{ path: 'job.config.outputt', message: said }]);
  expect(message).toBe(`\`job.config.outputt\` in the task: ${said}`);
});

test('so is one deeper in, by the fields of its own place', () => {
  expect(refusalOf({ columns: [{ column: 'a' }, { column: 'b', type: 'c' }] }).fields).toEqual([
    { path: 'job.config.columns[1].type', message: 'there is no such field; there are column' },
  ]);
});

test('every wrong field is named once, the first of them in the sentence', () => {
  const { message, fields } = refusalOf({ output: 7, columns: [{}] });
  expect(fields).toEqual([
    { path: 'job.config.output', message: 'it must be a text' },
    { path: 'job.config.columns[0].column', message: 'it is missing; it must be a text' },
  ]);
  expect(message).toBe('`job.config.output` in the task: it must be a text (and 1 more)');
});

test('of a field that may be one value or an object, what was meant is named, else both', () => {
  expect(refusalOf({ notices: { to: 7 } }).fields).toEqual([
    { path: 'job.config.notices.to', message: 'it must be a text' },
  ]);
  for (const notices of [true, 'a@b', []]) {
    expect(refusalOf({ notices }).fields).toEqual([
      { path: 'job.config.notices', message: 'it must be false or an object' },
    ]);
  }
});

test('bounds and choices say what is allowed', () => {
  const bounded = z.object({
    seconds: z.number().int().min(60).max(90),
    share: z.number().positive().lt(1),
    name: z.string().min(2).max(3),
    times: z.array(z.string()).min(1).max(2),
    mode: z.enum(['drain', 'kill']),
    only: z.literal('this'),
  });
  const saidOf = (input: unknown): unknown => {
    try {
      return parseInput(bounded, input, 'body');
    } catch (error) {
      return (error as TablegateError).fields.map(({ message }) => message);
    }
  };
  const little = { seconds: 59, share: 0, name: 'a', times: [], mode: 'stop', only: 'that' };
  expect(saidOf(little)).toEqual([
    ...['it must be at least 60', 'it must be more than 0', 'at least 2 characters are needed'],
    ...['at least 1 entry is needed', 'it must be one of "drain", "kill"', 'it must be "this"'],
  ]);
  const much = { seconds: 91, share: 1, name: 'abcd', times: ['a', 'b', 'c'], only: 'this' };
  expect(saidOf(much)).toEqual([
    ...['it must be at most 90', 'it must be less than 1', 'at most 3 characters are allowed'],
    ...['at most 2 entries are allowed', 'it is missing; it must be one of "drain", "kill"'],
  ]);
});

test('good input is answered with its defaults', () => {
  expect(parseInput(schema, {}, 'task')).toEqual({ output: 'main.result' });
});
