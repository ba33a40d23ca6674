/** The field of the dialog for the region of phones, beside the JSON of the job's config. */
import { takeRegion, withRegion } from '../../console/pages/task-dialog/phone-region';

const rules = { phone: { fillers: { values: ['110'] } }, member_id: { case: 'lower' } };

test.each([
  [{}, { idTypes: { phone: { region: 'CN' } } }],
  [{ guard: 1 }, { guard: 1, idTypes: { phone: { region: 'CN' } } }],
  [
    { idTypes: rules },
    { idTypes: { ...rules, phone: { region: 'CN', fillers: { values: ['110'] } } } },
  ],
])('what is typed beside the field stays: %j', (config, whole) => {
  expect(withRegion(config, 'CN')).toEqual(whole);
  expect(takeRegion(whole)).toEqual({ phoneRegion: 'CN', config });
});

test.each([{}, { idTypes: rules }, { idTypes: { phone: { region: null } } }, { idTypes: 'none' }])(
  'a config without a region is left as it is: %j',
  (config) => {
    expect(takeRegion(config)).toEqual({ phoneRegion: '', config });
    expect(withRegion(config, '')).toEqual(config);
  },
);

test('what is wrong in the JSON is sent as it is, and refused by the API', () => {
  expect(withRegion({ idTypes: 'none' }, 'CN')).toEqual({ idTypes: 'none' });
  expect(withRegion({ idTypes: { phone: 7 } }, 'CN')).toEqual({ idTypes: { phone: 7 } });
});
