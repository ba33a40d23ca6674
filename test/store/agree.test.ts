import { openTestStore, type OpenedStore } from './support/opened';

let opened: OpenedStore;
beforeAll(async () => {
  opened = await openTestStore();
});
afterAll(() => opened.close());

test('the first value that is held under a name stays, however many come at once', async () => {
  const { store } = opened;
  const values = Array.from({ length: 8 }, (_, nr) => `value-${nr}`);
  const held = await Promise.all(values.map((value) => store.agree('secret', value)));
  expect(held.filter((agreed) => agreed)).toHaveLength(1);
  const again = await Promise.all(values.map((value) => store.agree('secret', value)));
  expect(again).toEqual(held);
  expect(await store.agree('another name', 'value')).toBe(true);
});
