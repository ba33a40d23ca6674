/** What may be set for an `id-mapping` job, and how a refusal names what is wrong. */
import { z } from 'zod';
import { idMappingConfigSchema } from '../../activities/jobs/id-mapping/config';
import { TablegateError } from '../../model/errors';
import { parseInput } from '../../model/field-errors';
import { rulesOf } from '../../model/id-rules';

function parse(config: unknown) {
  return parseInput(idMappingConfigSchema, config, 'task', ['job', 'config']);
}

function refusalsOf(config: unknown): [string, string][] {
  try {
    parse(config);
  } catch (error) {
    if (!(error instanceof TablegateError)) throw error;
    return (error.fields ?? []).map(({ path, message }) => [path, message]);
  }
  throw new Error('it was not refused');
}

const atPhone = 'job.config.idTypes.phone';
const names = 'must be 1 to 64 letters, digits, "_", "." or "-"';
const limits = 'must be at least 1, or null for no limit';

it.each([
  [{ region: 'XX' }, 'region', 'must be a region of ISO 3166 in two letters, as in DE, CN or US'],
  [{ form: 'fax' }, 'form', 'it must be one of "text", "email", "phone", "exact"'],
  [{ case: 'upper' }, 'case', 'it must be one of "lower", "kept"'],
  [{ overMax: 'drop' }, 'overMax', 'it must be one of "report", "apart"'],
  [{ maxPerUser: 0 }, 'maxPerUser', limits],
  [{ maxSharedBy: 0 }, 'maxSharedBy', limits],
  [{ fillers: true }, 'fillers', 'it must be false or an object'],
  [{ fillers: { values: [7] } }, 'fillers.values[0]', 'it must be a text'],
  [{ fillers: { values: ['a\0'] } }, 'fillers.values[0]', 'must be a text of whole characters'],
  [
    { fillers: { values: ['n/a', ' * ＊'] } },
    'fillers.values[1]',
    'must hold more than blanks and `*`, as it would leave out every ID',
  ],
])('the rules %j are refused, naming the field and what is allowed', (rules, path, message) => {
  expect(refusalsOf({ idTypes: { phone: rules } })).toEqual([[`${atPhone}.${path}`, message]]);
});

it.each(['information_schema.x', 'pg_catalog.x', 'PG_Catalog.id_mapping_{number}'])(
  'the output %s is refused, as nobody can write there',
  (output) => {
    expect(refusalsOf({ output })).toEqual([
      [
        'job.config.output',
        'must not be in information_schema or pg_catalog, which are schemas of the database itself',
      ],
    ]);
    expect(parse({ output: `my_${output}` }).output).toBe(`my_${output}`);
  },
);

it('a rule that says nothing for the form of its type is refused', () => {
  const idTypes = {
    mobile: { region: 'CN' },
    email: { form: 'exact', case: 'lower' },
  };
  expect(refusalsOf({ idTypes })).toEqual([
    ['job.config.idTypes.mobile.region', 'is for `form: "phone"`; this form is text'],
    ['job.config.idTypes.email.case', 'texts of `form: "exact"` are taken as they are'],
  ]);
  expect(
    parse({ idTypes: { mobile: { form: 'phone', region: 'CN' } } }).idTypes.mobile,
  ).toMatchObject({ form: 'phone', region: 'CN' });
});

it('a name that is no ID type, or one twice, is refused', () => {
  expect(refusalsOf({ idTypes: { 'a b': {}, phone: {}, ' Phone': {} } })).toEqual([
    ['job.config.idTypes["a b"]', `the name of an ID type ${names}`],
    ['job.config.idTypes[" Phone"]', 'phone is listed twice'],
  ]);
  expect(refusalsOf({ priority: ['phone', 'a b'] })).toEqual([['job.config.priority[1]', names]]);
  expect(refusalsOf({ priority: ['phone', 'email', 'Phone'] })).toEqual([
    ['job.config.priority[2]', 'phone is listed twice'],
  ]);
});

it('names of types and regions may be written in any case', () => {
  const { idTypes, priority } = parse({
    priority: ['Email'],
    idTypes: { ' Phone ': { region: 'de' } },
  });
  expect(priority).toEqual(['email']);
  expect(rulesOf('phone', idTypes.phone).region).toBe('DE');
});

it('what is not set follows the name of the type', () => {
  const { idTypes } = parse({ idTypes: { mail: { form: 'email' }, card: { fillers: false } } });
  const limitsAtFirst = { region: null, maxPerUser: 100, overMax: 'report' };
  const fillers = { builtIn: true, values: [] };
  const email = { form: 'email', case: 'lower', fillers, ...limitsAtFirst };
  expect(rulesOf('email', idTypes.email)).toEqual(email);
  expect(rulesOf('mail', idTypes.mail)).toEqual(email);
  expect(rulesOf('phone', idTypes.phone)).toEqual({ ...email, form: 'phone', case: 'kept' });
  const none = { builtIn: false, values: [] };
  expect(rulesOf('card', idTypes.card)).toEqual({
    ...email,
    ...{ form: 'text', case: 'kept', fillers: none },
  });
});

it('a type may have the name of what every object has', () => {
  expect(parse({}).idTypes.constructor).toBeUndefined();
  expect(parse({ idTypes: { phone: {} } }).idTypes.constructor).toBeUndefined();
  expect(parse({ idTypes: { constructor: { form: 'email' } } }).idTypes.constructor).toMatchObject({
    form: 'email',
  });
});

it('null lifts a limit', () => {
  const { maxSharedBy, idTypes } = parse({
    maxSharedBy: null,
    idTypes: { phone: { maxPerUser: null } },
  });
  expect(maxSharedBy).toBeNull();
  expect(rulesOf('phone', idTypes.phone).maxPerUser).toBeNull();
});

it('every field is described where the job types are listed', () => {
  const schema = z.toJSONSchema(idMappingConfigSchema, { io: 'input', unrepresentable: 'any' });
  type Described = { description?: string; properties?: Record<string, Described> };
  const { properties = {} } = schema as Described;
  const ofTypes = properties.idTypes as Described & { additionalProperties: Described };
  const fields = { ...properties, ...ofTypes.additionalProperties.properties };
  expect(Object.keys(fields)).toEqual(
    expect.arrayContaining([
      'output',
      'priority',
      'idTypes',
      'form',
      'region',
      'fillers',
      'overMax',
    ]),
  );
  for (const [name, field] of Object.entries(fields)) {
    expect([name, field.description]).toEqual([name, expect.stringMatching(/\w/)]);
  }
});
