/** Whatever a body holds, it is taken or refused by the names of its fields. */
import fc from 'fast-check';
import { collectionTaskSchema, taskQuerySchema } from '../../model/dataarts/collection-task';
import { planOf } from '../../model/dataarts/definition';
import { TablegateError } from '../../model/errors';
import { parseExact, writeExact } from '../../model/exact-json';
import { parseInput } from '../../model/field-errors';
import { exampleWith, type Body } from '../support/dataarts';

const at = { timezone: 'Europe/Berlin', now: new Date('2026-04-14T03:21:00Z') };
const place = { ...at, connection: 'crm', project: 'default' };

const { schedule_config: schedule, task_config: config, ...plain } = exampleWith();
const texts = [
  '',
  '0',
  'CRON',
  'RUN_ONCE',
  '15 minutes',
  '0 30 2 * * ?',
  '2026-04-14T00:00:00 +08',
];
const anything = fc.oneof(
  fc.constantFrom<unknown>(...texts, 0, 1, 10, -1, 1.5, true, null, [], {}, ['a.b']),
  fc.jsonValue(),
);

/** An object with the names of another, and any values. */
const like = (names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });

const scheduleNames = [
  ...['cron_expression', 'end_time', 'max_time_out', 'interval', 'schedule_type', 'start_time'],
  ...['job_id', 'enabled'],
];

/** @returns the field that it is refused for; null where it is taken */
function refusedField(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!(error instanceof TablegateError) || error.code !== 'invalidInput') throw error;
    return error.fields[0]?.path ?? 'body';
  }
}

const save = (body: unknown): string | null =>
  refusedField(() => {
    // As it comes: numbers that no double holds are objects of their own.
    const task = parseInput(collectionTaskSchema, parseExact(writeExact(body)), 'body');
    const { definition } = planOf(task, place);
    expect(definition.kind === 'recurring').toBe(definition.recurrence !== null);
  });

test('any schedule becomes times, or is refused by a field of schedule_config', () => {
  fc.assert(
    fc.property(like(scheduleNames), (schedule_config) => {
      const field = save(exampleWith({ schedule_config }));
      expect(field ?? 'schedule_config').toMatch(/^schedule_config/);
    }),
    { numRuns: 500 },
  );
});

test('any task_config is kept, or is refused by a field of it', () => {
  fc.assert(
    fc.property(like(Object.keys(config as Body)), (task_config) => {
      expect(save(exampleWith({ task_config })) ?? 'task_config').toMatch(/^task_config/);
    }),
    { numRuns: 300 },
  );
});

test('any body is taken or refused, and so is any search', () => {
  const names = [...Object.keys(plain), 'schedule_config', 'task_config', 'parameter_config'];
  const search = [...['name', 'user_name', 'start_time', 'end_time'], 'limit', 'offset'];
  fc.assert(
    fc.property(fc.oneof(like(names), anything), like(search), (body, query) => {
      save(body);
      refusedField(() => parseInput(taskQuerySchema, query, 'body'));
    }),
    { numRuns: 500 },
  );
  expect([save(exampleWith()), schedule]).toEqual([null, exampleWith().schedule_config]);
});
