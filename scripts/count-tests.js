// One way of counting, for the reporter and for `.ci/run`.

exports.countTests = function countTests(results, exitCode) {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const onlyTheRunFailed = failed === 0 && exitCode !== 0;
  return { passed: results.numPassedTests, failed: onlyTheRunFailed ? 1 : failed };
};
