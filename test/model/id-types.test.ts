import { formOf, idTypeSchema, letterCaseOf } from '../../model/id-types';
import { idMappingSchema } from '../../model/source';

describe('the name of an ID type', () => {
  it('is one in whatever case', () => {
    expect(idTypeSchema.parse(' Phone ')).toBe('phone');
    const columns = [{ column: 'Mobile', idType: ' Phone ' }];
    expect(idMappingSchema.parse({ columns })).toEqual({
      columns: [{ column: 'Mobile', idType: 'phone' }],
    });
  });

  it.each(['手机', 'union_id.v2', 'phone-2', '1st'])('may be %s', (name) => {
    expect(idTypeSchema.parse(name)).toBe(name);
  });

  it.each(['', ' ', 'a b', 'a:b', 'x'.repeat(65)])('may not be %j', (name) => {
    expect(idTypeSchema.safeParse(name).success).toBe(false);
  });

  it.each([
    ['email', 'email', 'lower'],
    ['phone', 'phone', 'kept'],
    ['idfa', 'text', 'lower'],
    ['phone_md5', 'text', 'lower'],
    ['open_id', 'text', 'kept'],
    ['loyalty_card', 'text', 'kept'],
  ])('says how IDs are read where nothing is set: %s as %s, case %s', (name, form, letterCase) => {
    expect(formOf(name)).toBe(form);
    expect(letterCaseOf(name, formOf(name))).toBe(letterCase);
  });
});
