// Bundles compiled workflows into one file, so that a worker need not do it at each start.
// Arguments: the compiled workflows' entry, the file to write.
const { writeFileSync } = require('node:fs');
const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');

async function main() {
  const [workflowsPath, target] = process.argv.slice(2);
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  writeFileSync(target, code);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
