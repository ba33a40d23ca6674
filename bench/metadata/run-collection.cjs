// Runs one collection as a worker does, in a process of its own, and writes what came of it. Plain
// JavaScript: nothing is compiled first, which would count in its memory. It is started with
// `--expose-gc`: what is garbage after a slice of tables is taken away at once, so that the peak of the
// process tells what a collection holds, and not when Node came to it.
const { readFileSync } = require('node:fs');
const { openStore } = require('../../dist/store');
const { runJob } = require('./run-job.cjs');

const { storeUrl, scratchDir, source, config } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

function tidying(catalogue) {
  const collect = async (...slice) => {
    const outcomes = await catalogue.collect(...slice);
    global.gc();
    return outcomes;
  };
  return { ...catalogue, collect };
}

async function main() {
  const tokenDigest = (...parts) => parts.join('/');
  const store = await openStore(storeUrl, { tokenDigest, log: () => {} });
  try {
    const catalogue = tidying(store.catalogue);
    const { summary } = await runJob({ catalogue, scratchDir, source, tenant: 'default', config });
    process.stdout.write(JSON.stringify(summary));
  } finally {
    await store.close();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
