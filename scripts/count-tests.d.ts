export interface JestResults {
  numPassedTests: number;
  numFailedTests: number;
  numRuntimeErrorTestSuites: number;
}

/**
 * @param results what jest hands to a reporter, or writes with `--json`
 * @param exitCode what jest ended with
 * @returns tests that passed and failed; a file that could not be run counts as one failure, and
 *   so does a run that failed otherwise, so that neither looks like success
 */
export function countTests(
  results: JestResults,
  exitCode: number,
): { passed: number; failed: number };
