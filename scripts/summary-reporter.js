// Closes jest's output with one line that people and scripts read: `N passed, N failed`.
const { countTests } = require('./count-tests.js');

class SummaryReporter {
  onRunComplete(_contexts, results) {
    // `.ci/run` adds its own steps to the count and prints the line itself.
    if (process.env.TABLEGATE_CI_RUN) return;
    // Jest prints its own summary after every reporter: only at the exit is a line the last one.
    process.once('exit', (exitCode) => {
      const { passed, failed } = countTests(results, exitCode);
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}

module.exports = SummaryReporter;
