// Lets the Temporal SDK download its dev server into the folder given as the first argument and
// prints the executable's path. Plain JavaScript: it runs as it is from the sources and from dist.
// The SDK's download has no time limit of its own, so this process ends itself when nothing comes.
const { readdirSync, statSync } = require('node:fs');
const path = require('node:path');
const { TestWorkflowEnvironment } = require('@temporalio/testing');

const folder = process.argv[2];
/** A network that is there answers the first request well within this. */
const firstByteMs = 10_000;
const stallMs = 20_000;

const sizeSoFar = () =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(path.join(folder, name)).size, 0);

let lastSize = 0;
let lastChange = Date.now();
const guard = setInterval(() => {
  const size = sizeSoFar();
  if (size !== lastSize) {
    lastSize = size;
    lastChange = Date.now();
  }
  if (Date.now() - lastChange > (size === 0 ? firstByteMs : stallMs)) {
    fail(size === 0 ? 'no answer in 10 s' : 'it stalled');
  }
}, 500);

function fail(reason) {
  process.stderr.write(`${reason}\n`, () => process.exit(1));
}

/** The innermost cause says most, in one line. */
function reasonOf(error) {
  let inner = error;
  while (inner.cause instanceof Error) inner = inner.cause;
  return String(inner.message).split('\n')[0];
}

async function main() {
  // The download is part of starting a server; that one is ended at once.
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: folder }, ui: false },
  });
  clearInterval(guard);
  await environment.teardown();
  const name = readdirSync(folder).find((file) => !file.endsWith('.downloading'));
  process.stdout.write(`${path.join(folder, name)}\n`, () => process.exit(0));
}

main().catch((error) => fail(reasonOf(error)));
