import { countTests } from '../../scripts/count-tests.js';

const good = { numPassedTests: 5, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

test('passed and failed tests are counted as they are', () => {
  expect(countTests(good, 0)).toEqual({ passed: 5, failed: 0 });
  expect(countTests({ ...good, numFailedTests: 2 }, 1)).toEqual({ passed: 5, failed: 2 });
});

test('a test file that could not be run counts as a failure', () => {
  const results = { ...good, numFailedTests: 1, numRuntimeErrorTestSuites: 1 };
  expect(countTests(results, 1)).toEqual({ passed: 5, failed: 2 });
});

test('a run that failed without a failed test is not a success', () => {
  expect(countTests(good, 1)).toEqual({ passed: 5, failed: 1 });
});
