// One way of counting, for the reporter and for `.ci/run`.

/**
 * @param results what jest hands to a reporter, or writes with `--json`
 * @returns tests that passed and failed; a file that could not be run, and an error of the run as
 *   a whole, count as one failure each, so that they never look like success
 */
function countTests(results) {
  const brokenFiles = results.numRuntimeErrorTestSuites ?? 0;
  const failed = results.numFailedTests + brokenFiles;
  const onlyTheRunFailed = failed === 0 && results.success === false;
  return { passed: results.numPassedTests, failed: onlyTheRunFailed ? 1 : failed };
}

module.exports = { countTests };
