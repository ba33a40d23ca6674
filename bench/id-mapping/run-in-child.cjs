// Starts the computation of one request in a child process, as a worker does, and writes what came of
// it. Plain JavaScript: nothing is compiled first, which would count in time and memory.
const { readFileSync } = require('node:fs');
const { runInChild } = require('../../dist/activities/jobs/id-mapping/run-in-child');

const request = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const ignore = () => {};
const listener = {
  signal: new AbortController().signal,
  progress: ignore,
  table: ignore,
  log: ignore,
};

runInChild(request, listener, ignore).then(
  ({ ids, users, seconds }) => process.stdout.write(JSON.stringify({ ids, users, seconds })),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
