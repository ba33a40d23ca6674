/** How much of the history of a table one answer brings. */
import { Catalogue } from '../../scheduling/catalogue';
import type { SchedulingDeps } from '../../scheduling/deps';
import { callerOf } from '../support/samples';

test('versions come by the hundred at most, as each has a whole definition', async () => {
  const sizes: number[] = [];
  const versions = (_tenant: string, _name: string, page: { pageSize: number }) => {
    sizes.push(page.pageSize);
    return Promise.resolve({ items: [{ version: 1 }], nextPageToken: 'next' });
  };
  const deps = { store: { catalogue: { versions } } } as unknown as SchedulingDeps;
  const catalogue = new Catalogue(deps);
  for (const pageSize of [1000, 7]) {
    await catalogue.versions(callerOf('viewer'), 'dw.main.t', { pageSize, pageToken: null });
  }
  expect(sizes).toEqual([100, 7]);
});
