import { addonState, hasAddon } from '../../../native/addon';

const setting = 'TABLEGATE_ADDON';

/** Why a test of the addon cannot be. */
export const addonIsMissing = (): string =>
  `The addon is ${addonState()}: install a C compiler, such as gcc, and build again (npm run build), or see ` +
  'whether native/functions.c knows the connections of this DuckDB, and name its version in native/addon.ts.';

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
      if (hasAddon() !== wanted) throw new Error(addonIsMissing());
    });
    afterAll(() => {
      if (before === undefined) delete process.env[setting];
      else process.env[setting] = before;
    });
    define();
  });
}
