import { hasAddon } from '../../../native/addon';

const setting = 'TABLEGATE_ADDON';

export const addonIsMissing =
  'The addon is missing: install a C compiler, such as gcc, and build again (npm run build). With another ' +
  'version of @duckdb/node-api, see whether native/functions.c knows its connections, and name it in native/addon.ts.';

/**
 * Runs tests with the addon, and once more in JavaScript alone: both do the same.
 * @param define the tests
 */
export function bothWays(define: () => void): void {
  describe.each([
    ['with the addon', true],
    ['in JavaScript alone', false],
  ])('%s', (_, wanted) => {
    const before = process.env[setting];
    beforeAll(() => {
      if (wanted) delete process.env[setting];
      else process.env[setting] = 'off';
      if (hasAddon() !== wanted) throw new Error(addonIsMissing);
    });
    afterAll(() => {
      if (before === undefined) delete process.env[setting];
      else process.env[setting] = before;
    });
    define();
  });
}
